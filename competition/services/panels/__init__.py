"""Judges, seats, conflicts, and who judges what."""

from competition.services.panels.aliases import add_alias, remove_alias
from competition.services.panels.assignments import (
    assign,
    confirm_assignments,
    lock,
    recuse,
    unassign,
    unlock,
)
from competition.services.panels.bids import Said, open_bidding, save_bids
from competition.services.panels.conflicts import (
    add_conflict,
    confirm_conflict,
    confirm_found,
    dismiss_conflict,
    withdraw_conflicted,
)
from competition.services.panels.editing import Edit, change_plan
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
from competition.services.panels.proposing import (
    Draft,
    Solved,
    draft_plans,
    propose_plan,
    save_wish,
    solve_draft,
    store_plans,
)
from competition.services.panels.publishing import Published, discard_plan, publish_plan
from competition.services.panels.repairing import (
    apply_repair,
    ask_further_judge,
    drop_out,
    needs_decision,
)

__all__ = [
    "Draft",
    "Edit",
    "JudgeDetails",
    "Published",
    "Said",
    "Solved",
    "add_alias",
    "add_conflict",
    "add_judge",
    "apply_repair",
    "ask_further_judge",
    "assign",
    "change_judge",
    "change_plan",
    "confirm_assignments",
    "confirm_conflict",
    "confirm_found",
    "declare_for_team",
    "discard_plan",
    "dismiss_conflict",
    "draft_plans",
    "drop_out",
    "find_conflicts",
    "issue_judge_link",
    "issue_judge_links",
    "lock",
    "may_rename",
    "needs_decision",
    "open_bidding",
    "propose_plan",
    "publish_plan",
    "recuse",
    "remove_alias",
    "remove_judge",
    "save_bids",
    "save_wish",
    "search_conflicts",
    "seat",
    "solve_draft",
    "store_plans",
    "unassign",
    "unlock",
    "unseat",
    "withdraw_conflicted",
]
