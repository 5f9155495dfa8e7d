"""Refusals of rubrics in words."""

from __future__ import annotations

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

MESSAGES: dict[str, LazyString] = {
    "rubric_frozen": _l(
        "The rubric is frozen: judges have begun to score by it, so it cannot change any more."
    ),
    "too_many_criteria": _l("Take at most %(limit)s criteria."),
    "criterion_doubled": _l("Another criterion has this name. Take a different one."),
    "weights_under_100": _l("The weights add up to %(sum)s. Add %(off)s to reach 100."),
    "weights_over_100": _l("The weights add up to %(sum)s. Take away %(off)s to reach 100."),
    "scale_empty": _l("The highest rating must be above the lowest."),
    "step_divides_not": _l(
        "Steps of %(step)s do not lead from the lowest to the highest rating. Change the step or"
        " the scale."
    ),
    "level_off_scale": _l("This is not a rating on the scale above."),
    "level_reversed": _l("A level runs from its lower to its higher rating."),
    "levels_overlap": _l("This level begins inside the one below it."),
    "level_missing": _l("No level says what %(value)s means. Let this level reach it."),
}
