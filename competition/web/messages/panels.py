"""Refusals of panels in words."""

from __future__ import annotations

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

MESSAGES: dict[str, LazyString] = {
    "judge_exists": _l("%(email)s is a judge here already."),
    "judge_elsewhere": _l("The judge belongs to another competition."),
    "account_is_shared": _l(
        "%(name)s has an account of their own or takes part elsewhere; name and address stay."
    ),
    "max_entries_positive": _l("Enter a whole number of 1 or more, or leave this empty."),
    "judge_has_scorecards": _l(
        "The judge has %(count)s scorecards and stays on the list. Take the judge off the panel of "
        "later rounds instead."
    ),
    "judge_has_entries": _l(
        "%(count)s entries are assigned to the judge in this round. Take them away first."
    ),
    "round_is_locked": _l("The scores of this round are locked; its panel stays as it is."),
    "link_reaches_further": _l(
        "%(name)s also has a part in something you do not organize. A link made here would open "
        "that as well, so only the operator can make it."
    ),
    "reason_needed": _l("Give a reason."),
    "conflict_known": _l("This conflict is on the list already."),
    "declared_before": _l("This name is on your list already."),
    "alias_taken": _l("This is the name of a school or company already."),
    "not_bidding": _l(
        "Bids are collected while a round receives entries, is screened or assigns judges."
    ),
    "bidding_closed": _l("The time for bids is over."),
    "deadline_passed": _l("This has passed already. Choose a later time."),
    "nobody_chosen": _l("Choose at least one judge."),
    "not_assigning": _l(
        "Assignments change while a round is assigning judges or judging. Move the round there "
        "first."
    ),
    "no_entries_to_assign": _l("There is no submitted entry in this round yet."),
    "judging_has_begun": _l(
        "Judging has begun: a plan starts from what judges have. Work out the changes instead."
    ),
    "load_min_above_max": _l("At least is more than at most, which is %(limit)s."),
    "too_many_per_entry": _l(
        "%(wanted)s judges for one entry are more than the %(judges)s on the panel."
    ),
    "plan_not_open": _l(
        "Plan %(number)s is no longer proposed: it was published, or another one took its place."
    ),
    "plan_out_of_date": _l(
        "The plan cannot be published any more: %(pairs)s may not meet now (%(count)s in all). "
        "Propose again."
    ),
    "not_in_plan": _l("The plan does not have %(judge)s on %(entry)s."),
    "repair_needs_decision": _l(
        "A conflict stands in the way. Dismiss it with a reason, if it is none; then propose again."
    ),
    "repair_is_gone": _l("This way out is no longer there. Look at the plan again."),
    "no_judges_on_panel": _l("Nobody sits on the panel of this round yet."),
    "conflict_declared": _l("%(judge)s has a conflict with the team of %(entry)s."),
    "conflict_same_organization": _l(
        "%(judge)s belongs to the same organization as the team of %(entry)s."
    ),
    "conflict_in_team": _l("%(judge)s is in the team of %(entry)s."),
    "already_assigned": _l("%(judge)s has %(entry)s already."),
    "judge_recused": _l("%(judge)s stepped back from %(entry)s."),
    "judge_full": _l("%(judge)s takes at most %(limit)s entries. Raise that limit first."),
    "not_on_panel": _l("%(judge)s does not sit on the panel of this round."),
    "entry_not_judged": _l("%(entry)s is not submitted, or out of the round."),
    "assignment_begun": _l("%(judge)s has begun to score this entry; it stays with them."),
    "recusal_stays": _l("%(judge)s stepped back from this entry; that stays on record."),
    "scorecard_is_in": _l(
        "Your scorecard is submitted. Ask the organizers to return it before you step back."
    ),
}
