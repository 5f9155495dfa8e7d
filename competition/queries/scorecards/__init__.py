"""Scorecards: what a judge is working on, what a round has in, and what an export holds."""

from competition.queries.scorecards.criteria import (
    CriterionView,
    LevelView,
    criteria_of,
    factor_of,
    highest_total,
    points,
    total_of,
)
from competition.queries.scorecards.desk import (
    Desk,
    DeskRow,
    DeskState,
    desk_rows,
    next_to_score,
)
from competition.queries.scorecards.export import RatingRow, RemarkRow, rating_rows, remark_rows
from competition.queries.scorecards.facts import Mark, ScoringFacts, marks, scoring_facts
from competition.queries.scorecards.late import LateJudge, late_judges, reminder_key, today_of
from competition.queries.scorecards.pace import pace, rough
from competition.queries.scorecards.progress import (
    Card,
    EntryProgress,
    JudgeProgress,
    Progress,
    progress,
)
from competition.queries.scorecards.reading import (
    TeamNames,
    criteria_counts,
    entries_still_to_score,
    judged_round,
    scorecard_with_versions,
    team_names,
)

__all__ = [
    "Card",
    "CriterionView",
    "Desk",
    "DeskRow",
    "DeskState",
    "EntryProgress",
    "JudgeProgress",
    "LateJudge",
    "LevelView",
    "Mark",
    "Progress",
    "RatingRow",
    "RemarkRow",
    "ScoringFacts",
    "TeamNames",
    "criteria_counts",
    "criteria_of",
    "desk_rows",
    "entries_still_to_score",
    "factor_of",
    "highest_total",
    "judged_round",
    "late_judges",
    "marks",
    "next_to_score",
    "pace",
    "points",
    "progress",
    "rating_rows",
    "remark_rows",
    "reminder_key",
    "rough",
    "scorecard_with_versions",
    "scoring_facts",
    "team_names",
    "today_of",
    "total_of",
]
