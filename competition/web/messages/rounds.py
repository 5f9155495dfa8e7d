"""Refusals of rounds in words."""

from __future__ import annotations

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

SETTINGS: dict[str, LazyString] = {
    "slug_shape": _l(
        "Take lower-case letters, digits and single hyphens, 2 to %(limit)s characters,"
        " like aiac-2026."
    ),
    "slug_taken": _l("Another competition has this address. Take a different one."),
    "slug_fixed": _l(
        "The address has been public since the competition opened. It cannot change any more."
    ),
    "zone_unknown": _l("Choose a time zone from the list."),
    "deadline_past": _l("This time has passed already. Choose a later one."),
    "not_between": _l("Take a number from %(low)s to %(high)s."),
    "not_positive": _l("Take a number above zero."),
    "number_too_large": _l("Take a number up to %(limit)s."),
    "too_many_places": _l("Take at most %(limit)s decimal places."),
    "closes_before_opening": _l("Entries must close after they open. Choose a later time."),
    "judging_before_entries": _l(
        "Judging must close after entries close. Choose a later time here, or an earlier one above."
    ),
    "rule_too_small": _l("Take a number %(allowed)s."),
    "rule_out_of_range": _l("Take a number of places from %(allowed)s."),
    "rule_nothing_left_to_average": _l(
        "After dropping, nothing may be left to average. Take a number %(allowed)s."
    ),
    "rule_unknown_value": _l("Choose one of the values offered."),
    "rule_not_with_method": _l(
        "The method chosen cannot combine the judges this way. Choose another way, or another "
        "method."
    ),
    "rule_wrong_type": _l("Enter %(allowed)s."),
    "round_in_use": _l(
        "%(name)s cannot be removed: only the last round can, while it is being set up and has"
        " neither entries nor assignments."
    ),
}

TRACKS: dict[str, LazyString] = {
    "track_doubled": _l("Another track has this name. Take a different one."),
    "track_has_entries": _l(
        "The track “%(name)s” cannot be removed. Entries in it: %(count)s. Move them first."
    ),
    "track_has_judges": _l(
        "The track “%(name)s” cannot be removed. Judges who take it: %(count)s. Change them first."
    ),
}

MOVES: dict[str, LazyString] = {
    "round_cannot_move": _l(
        "The round has moved on meanwhile. Look at its present state and choose again."
    ),
    "competition_cannot_move": _l(
        "The competition has moved on meanwhile. Look at its present state and choose again."
    ),
    "rubric_empty": _l("The rubric has no criterion yet. Write at least one."),
    "rubric_not_100": _l("The weights of the rubric add up to %(sum)s, not to 100. Correct them."),
    "tracks_missing": _l("There is no track yet. Add at least one."),
    "rounds_missing": _l("There is no round yet. Add at least one."),
    "competition_not_open": _l("The competition is not open, so teams cannot see it. Open it."),
    "submission_deadline_missing": _l("The round has no deadline for entries. Set one."),
    "submission_deadline_over": _l("The deadline for entries has passed. Set a later one first."),
    "entries_are_in": _l(
        "Entries that teams have submitted already: %(count)s. To stop more from coming, go on to"
        " screening instead."
    ),
    "closes_early": _l(
        "The deadline has not passed: teams still count on it."
        " Drafts not yet submitted: %(drafts)s."
    ),
    "no_entry_to_judge": _l("There is no submitted or eligible entry, so nothing to judge."),
    "entries_still_returned": _l(
        "Entries returned for correction and not submitted again: %(count)s. They will not be"
        " judged."
    ),
    "no_assignment_confirmed": _l(
        "No assignment is confirmed. Assign judges to the entries and confirm the plan."
    ),
    "assignments_proposed": _l(
        "Assignments that are only proposed: %(count)s. Their judges will not see them."
    ),
    "entries_short_of_judges": _l(
        "Entries with fewer than %(wanted)s judges: %(count)s, of them without any: %(unassigned)s."
    ),
    "no_scorecard_submitted": _l("No scorecard has been submitted, so there is nothing to lock."),
    "scorecards_missing": _l(
        "Scorecards missing: %(missing)s of %(expected)s. Judges who still owe some: %(judges)s."
        " What is not submitted will not count."
    ),
    "no_ranking_computed": _l("No ranking is computed yet. Compute it first."),
    "results_are_public": _l("The results of this round are public. Withdraw them first."),
    "teams_registered": _l("Teams registered already: %(count)s. A draft would hide it from them."),
    "registration_closes_early": _l("Registration was announced for longer. It would end now."),
    "round_unfinished": _l("%(name)s has not reached its results."),
}

MESSAGES: dict[str, LazyString] = {**SETTINGS, **TRACKS, **MOVES}
