"""Scorecards: what a judge is working on, what a round has in, and what an export holds."""

from competition.queries.scorecards.criteria import (
    CriterionView,
    LevelView,
    criteria_of,
    factor_of,
    highest_total,
    total_of,
)
from competition.queries.scorecards.facts import Mark, ScoringFacts, marks, scoring_facts

__all__ = [
    "CriterionView",
    "LevelView",
    "Mark",
    "ScoringFacts",
    "criteria_of",
    "factor_of",
    "highest_total",
    "marks",
    "scoring_facts",
    "total_of",
]
