"""The methods: each turns the scores of an entry's judges into one score."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TypeAlias

from competition.scoring.errors import NotEnoughData
from competition.scoring.methods import averages, choices, fitted, ordinal, simulated, standardized
from competition.scoring.ranking import noise_level
from competition.scoring.step import Setting, Step
from competition.scoring.totals import Scores
from competition.scoring.traits import TRAITS

Combine: TypeAlias = Callable[[Scores, Setting], Step]

COMBINE: Mapping[str, Combine] = {
    "mean": averages.mean,
    "trimmed": averages.trimmed,
    "zscore": standardized.zscore,
    "minmax": standardized.minmax,
    "percentile": standardized.percentile,
    "additive": fitted.additive,
    "mixed": fitted.mixed,
    "scaled": fitted.scaled,
    "bayes": simulated.bayes,
    "rasch": ordinal.rasch,
    "bradley_terry": choices.bradley_terry,
}
"""A new method is one function here, one line in `traits`, one label and its tests."""


def combine(scores: Scores, setting: Setting) -> Step:
    """Apply the rule book's method, or the fallback that it declares.

    Raises
    ------
    NotEnoughData
        All scores are equal and the rule book refuses that.
    """
    method = setting.rules.method
    if not _all_equal(scores):
        return COMBINE[method](scores, setting)
    if setting.rules.fallback.all_equal == "refuse":
        raise NotEnoughData(what="all_equal", score=float(scores.value[0]))
    warning = setting.warning("no_information", score=float(scores.value[0]))
    # Without any difference there is nothing to estimate: a standard error of 0 would be made up.
    plain = "mean" if TRAITS[method].is_fit else method
    step = COMBINE[plain](scores, setting)
    return replace(
        step,
        warnings=(*step.warnings, warning),
        fallback=plain if plain != method else step.fallback,
    )


def _all_equal(scores: Scores) -> bool:
    if scores.value.size < 2:
        return False
    noise = noise_level(scores.value, scores.span)
    return float(scores.value.max() - scores.value.min()) <= noise
