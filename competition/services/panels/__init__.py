"""Judges, seats, conflicts, and who judges what."""

from competition.services.panels.aliases import add_alias, remove_alias
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
from competition.services.panels.bids import Said, open_bidding, save_bids
from competition.services.panels.conflicts import (
    add_conflict,
    confirm_conflict,
    dismiss_conflict,
    withdraw_conflicted,
)
from competition.services.panels.finding import declare_for_team, find_conflicts, search_conflicts
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
    "Said",
    "add_alias",
    "add_conflict",
    "add_judge",
    "assign",
    "change_judge",
    "confirm_assignments",
    "confirm_conflict",
    "declare_for_team",
    "dismiss_conflict",
    "find_conflicts",
    "issue_judge_link",
    "issue_judge_links",
    "lock",
    "may_rename",
    "open_bidding",
    "propose_assignments",
    "recuse",
    "remove_alias",
    "remove_judge",
    "save_bids",
    "search_conflicts",
    "seat",
    "unassign",
    "unlock",
    "unseat",
    "withdraw_conflicted",
]
