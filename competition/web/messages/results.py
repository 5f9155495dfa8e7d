"""Refusals of results in words."""

from __future__ import annotations

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

MESSAGES: dict[str, LazyString] = {
    "no_scorecard_to_rank": _l("No scorecard is submitted yet: there is nothing to rank."),
    "rules_do_not_fit": _l(
        "The rule book and the ratings do not fit together. Check the rubric's weights and scales "
        "and the round's scoring rules."
    ),
    "round_not_locked": _l("Lock the scorecards of the round first; then results can be public."),
    "published_already": _l("Run %(number)s is public already. Nothing was changed."),
    "published_meanwhile": _l(
        "Somebody else published or withdrew results meanwhile. Nothing was changed; look again."
    ),
    "inputs_changed": _l(
        "Run %(number)s was not computed from the scorecards as they are now. Compute again, then "
        "publish."
    ),
    "rules_changed": _l(
        "The rubric or the scoring rules have changed since run %(number)s. Compute again, then "
        "publish."
    ),
    "withdrawn_already": _l("These results are withdrawn already. Nothing was changed."),
    "withdrawal_reason_missing": _l("Say why the results are withdrawn."),
    "results_not_public": _l("These results are not public."),
    "no_later_round": _l("Entries can only go on to a later round of the same competition."),
    "next_round_closed": _l("The next round is being judged already; nobody can be added to it."),
    "advanced_already": _l("All of these entries are in the next round already."),
    "line_needs_one": _l("Give either a number of entries or a percentage."),
    "top_too_small": _l("Let at least one entry of each track go on."),
    "percent_out_of_range": _l("Give a percentage above 0 and up to 100."),
    "track_is_divided": _l(
        "The track “%(track)s” has several rankings that cannot be compared. No line can be drawn "
        "through it."
    ),
}
