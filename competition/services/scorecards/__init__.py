"""A judge's scorecard: saved as a draft, submitted and locked, returned by an organizer."""

from competition.services.scorecards.filled import COMMENT_LIMIT, REASON_LIMIT, Filled
from competition.services.scorecards.reminding import Reminded, remind_late_judges
from competition.services.scorecards.returning import return_scorecard
from competition.services.scorecards.saving import Saved, own_assignment, save_draft, why_closed
from competition.services.scorecards.submitting import missing, submit_scorecard

__all__ = [
    "COMMENT_LIMIT",
    "REASON_LIMIT",
    "Filled",
    "Reminded",
    "Saved",
    "missing",
    "own_assignment",
    "remind_late_judges",
    "return_scorecard",
    "save_draft",
    "submit_scorecard",
    "why_closed",
]
