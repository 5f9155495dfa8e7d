"""Competitions with their tracks and rounds: setting them up and moving them on."""

from competition.services.rounds.competitions import (
    CompetitionSettings,
    create_competition,
    known_zones,
    suggested_slug,
    update_competition,
)
from competition.services.rounds.settings import (
    RoundSettings,
    add_round,
    remove_round,
    update_round,
)
from competition.services.rounds.states import move_competition, move_round
from competition.services.rounds.tracks import TrackRow, set_tracks

__all__ = [
    "CompetitionSettings",
    "RoundSettings",
    "TrackRow",
    "add_round",
    "create_competition",
    "known_zones",
    "move_competition",
    "move_round",
    "remove_round",
    "set_tracks",
    "suggested_slug",
    "update_competition",
    "update_round",
]
