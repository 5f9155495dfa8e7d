"""Competitions with their tracks and rounds, and how far each round has come."""

from competition.queries.rounds.competitions import (
    competition_by_slug,
    competitions_for,
    published_rounds,
    rounds_with_rubric,
    team_count,
    track_uses,
)
from competition.queries.rounds.figures import RoundFigures, round_figures

__all__ = [
    "RoundFigures",
    "competition_by_slug",
    "competitions_for",
    "published_rounds",
    "round_figures",
    "rounds_with_rubric",
    "team_count",
    "track_uses",
]
