"""The steps of a method in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import LazyString, ngettext
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from competition.models import ScoreRun
from competition.vocabulary import Method


def method_steps(run: ScoreRun) -> list[str]:
    """How the scores of a run came about, one sentence a step."""
    scoring = run.rules["scoring"]
    rounding = scoring.get("round", {})
    criteria = len(run.rules["criteria"])
    one_by_one = scoring["unit"] == "criterion" and criteria > 1
    steps = [_first_step(criteria, one_by_one), *_method_steps(run, scoring)]
    if one_by_one:
        steps += _criterion_steps(rounding)
    if "total" in rounding:
        steps.append(
            _(
                "Scores are rounded half up to %(decimals)s, then ranked. Equal scores share a "
                "rank; the next rank is skipped.",
                decimals=_decimals(rounding["total"]),
            )
        )
    else:
        steps.append(
            _(
                "Scores are ranked without rounding. Equal scores share a rank; the next rank is "
                "skipped."
            )
        )
    return steps


def _first_step(criteria: int, one_by_one: bool) -> str:
    if one_by_one:
        text = _(
            "Each judge scored %(count)s criteria; every criterion is computed on its own.",
            count=criteria,
        )
    elif criteria > 1:
        text = _(
            "Each judge scored %(count)s criteria; the weighted sum is the judge’s score for the "
            "entry.",
            count=criteria,
        )
    else:
        text = _("Each judge gave the entry one score.")
    return str(text)


def _method_steps(run: ScoreRun, scoring: Mapping[str, Any]) -> list[str]:
    if run.method == Method.ADDITIVE:
        return [
            _(
                "Some judges are stricter than others. Least squares over all %(count)s scorecards "
                "estimates by how much.",
                count=run.scorecards,
            ),
            _(
                "Each score is corrected by its judge’s severity; the mean of the corrected scores "
                "is the adjusted score."
            ),
        ]
    if run.method == Method.ZSCORE:
        return [
            _(
                "Some judges are stricter, and some use more of the scale. Each score is measured "
                "from its judge’s own mean, in units of that judge’s own spread."
            ),
            _(
                "The mean of these standard scores, put back on the scale of points, is the "
                "adjusted score."
            ),
        ]
    if run.method in _STEPS:
        return [str(sentence) for sentence in _STEPS[Method(run.method)]]
    if run.method == Method.TRIMMED:
        return [
            _(
                "Of the judges’ scores the highest (%(high)s) and the lowest (%(low)s) are "
                "dropped; the mean of the others counts. With fewer than %(minimum)s judges "
                "nothing is dropped.",
                high=scoring["drop_high"],
                low=scoring["drop_low"],
                minimum=scoring["drop_minimum"],
            )
        ]
    return [
        _(
            "The mean of the judges’ scores counts; differences between stricter and milder "
            "judges are not corrected."
        )
    ]


_STEPS: Mapping[Method, tuple[LazyString, ...]] = {
    Method.MINMAX: (
        _l(
            "Each score is measured between its judge’s own lowest and highest. The mean of these "
            "shares, put back on the scale of points, is the adjusted score."
        ),
    ),
    Method.PERCENTILE: (
        _l(
            "Each score becomes its place among its judge’s own scores. The mean of these places, "
            "put back on the scale of points, is the adjusted score."
        ),
    ),
    Method.MIXED: (
        _l(
            "Entries and judges differ by chance; how much is estimated from all scorecards "
            "(restricted likelihood)."
        ),
        _l(
            "Each score is corrected by its judge’s severity, and the mean is pulled towards the "
            "mean of all, the more so the less its judges tell."
        ),
    ),
    Method.SCALED: (
        _l("Least squares over all scorecards estimates how strict each judge is."),
        _l(
            "Then it is estimated how far each judge spreads scores, and how precisely each one "
            "judges. Precise judges count more, and the mean is pulled towards the mean of all, "
            "the more so the less its judges tell."
        ),
    ),
    Method.BAYES: (
        _l(
            "One model of all scorecards knows how strict each judge is, how far each spreads "
            "scores, how precisely each one judges, and that scores are rounded."
        ),
        _l(
            "It is simulated thousands of times from a fixed seed; the mean over all of them is "
            "the adjusted score."
        ),
    ),
    Method.RASCH: (
        _l(
            "Scores are taken as ordered categories. One model estimates the entries’ level, the "
            "judges’ severity and the criteria’s difficulty together."
        ),
        _l("The score that an average judge would be expected to give is the adjusted score."),
    ),
}


def _criterion_steps(rounding: Mapping[str, int]) -> list[str]:
    steps = []
    if "criterion" in rounding:
        steps.append(
            _(
                "The figure of each criterion is rounded half up to %(decimals)s.",
                decimals=_decimals(rounding["criterion"]),
            )
        )
    if "weighted" in rounding:
        steps.append(
            _(
                "It is multiplied by the criterion’s weight and rounded half up to %(decimals)s; "
                "the sum is the score.",
                decimals=_decimals(rounding["weighted"]),
            )
        )
    else:
        steps.append(_("It is multiplied by the criterion’s weight; the sum is the score."))
    return steps


def _decimals(places: int) -> str:
    return str(ngettext("%(num)s decimal", "%(num)s decimals", places))
