"""Judges, seats, conflicts, and who judges what."""

from competition.services.panels.assignments import (
    Proposal,
    assign,
    confirm_assignments,
    lock,
    propose_assignments,
    recuse,
    unassign,
    unlock,
)
from competition.services.panels.conflicts import add_conflict, remove_conflict, withdraw_conflicted
from competition.services.panels.judges import (
    JudgeDetails,
    add_judge,
    change_judge,
    may_rename,
    remove_judge,
    seat,
    unseat,
)
from competition.services.panels.links import issue_judge_link, issue_judge_links

__all__ = [
    "JudgeDetails",
    "Proposal",
    "add_conflict",
    "add_judge",
    "assign",
    "change_judge",
    "confirm_assignments",
    "issue_judge_link",
    "issue_judge_links",
    "lock",
    "may_rename",
    "propose_assignments",
    "recuse",
    "remove_conflict",
    "remove_judge",
    "seat",
    "unassign",
    "unlock",
    "unseat",
    "withdraw_conflicted",
]
