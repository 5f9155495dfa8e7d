"""Refusals of scorecards in words."""

from __future__ import annotations

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

MESSAGES: dict[str, LazyString] = {
    "not_a_number": _l("“%(typed)s” is no number. Enter one like 7.5, or leave it open."),
    "off_scale": _l(
        "Criterion %(criterion)s: %(typed)s is off the scale. It goes from %(low)s to %(high)s."
    ),
    "off_step": _l(
        "Criterion %(criterion)s: %(typed)s is between two steps. From %(low)s to %(high)s the"
        " scale goes in steps of %(step)s."
    ),
    "unknown_criterion": _l("This rubric has no such criterion. Reload the page."),
    "unknown_field": _l("The form has no field “%(name)s”. Reload the page."),
    "repeated_field": _l("This was sent twice. Reload the page."),
    "reason_alone": _l(
        "Criterion %(criterion)s has a reason but no score. The reason is stored with the score."
    ),
    "rating_missing": _l("Score criterion %(criterion)s."),
    "reason_missing": _l("Criterion %(criterion)s is %(value)s: the rubric asks for a reason."),
    "conflict_of_interest": _l(
        "You and the team of entry %(entry)s are connected, so you do not judge it. The organizer"
        " knows."
    ),
    "entry_not_judged": _l("Entry %(entry)s is no longer judged. There is nothing to do here."),
    "round_not_judging": _l("This round is not being judged now. Scorecards stay as they are."),
    "judging_closed": _l("The deadline for judging has passed. Scorecards stay as they are."),
    "no_rubric": _l("This round has no rubric yet."),
    "scorecard_submitted": _l(
        "This scorecard is submitted and locked. An organizer can return it to you."
    ),
    "scorecard_not_submitted": _l("This scorecard is not submitted, so it cannot be returned."),
    "return_reason_missing": _l("Say what the judge should look at again."),
    "own_scorecard_first": _l(
        "You judge entry %(entry)s yourself. Submit your own scorecard first; then you may read"
        " those of others."
    ),
}
