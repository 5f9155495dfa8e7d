"""Mean, trimmed mean, z-score and additive adjustment: how an entry's judges become one score."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

import numpy as np

from competition.scoring.arrays import Flags, Floats, Integers, group_sums
from competition.scoring.fits.additive import AdditiveFit, fit_additive
from competition.scoring.ranking import noise_level
from competition.scoring.result import ScoreWarning, Step
from competition.scoring.rounding import Exact
from competition.scoring.rulebook import RuleBook
from competition.scoring.totals import Scores

ENOUGH_FOR_ZSCORE = 8
"""Below this many entries a judge's own mean and spread are too uncertain."""


def mean(scores: Scores, criterion: Hashable | None = None) -> Step:
    """Plain mean of the judges' scores, weighted where ratings carry weights.

    Notes
    -----
    Exact: sums of decimals are kept as integers. It takes no difference
    between judges out. O(n_scores).
    """
    return _averaged(scores, criterion, np.ones(scores.value.size, dtype=bool))


def trimmed(
    scores: Scores, rules: RuleBook, entries: Sequence[Hashable], criterion: Hashable | None = None
) -> Step:
    """Mean after dropping each entry's highest and lowest scores.

    Notes
    -----
    Drops `rules.drop_high` and `rules.drop_low` scores of an entry that has at
    least `rules.drop_minimum`; the others get the plain mean, with the warning
    "trim_fallback". Weights are not used. O(n log n).

    Source: International Skating Union, Special Regulations, rule 353
    (one high and one low of nine are dropped, the rest averaged).
    """
    order = np.lexsort((scores.judge, scores.value, scores.entry))
    size = scores.per_entry
    start = np.cumsum(size) - size
    of = scores.entry[order]
    place = np.arange(of.size) - start[of]
    enough = size >= rules.drop_minimum
    dropped = enough[of] & ((place < rules.drop_low) | (place >= size[of] - rules.drop_high))
    kept = np.ones(of.size, dtype=bool)
    kept[order] = ~dropped
    few = np.flatnonzero((size > 0) & ~enough)
    warnings = []
    if few.size and rules.drop_high + rules.drop_low:
        facts = {"entries": [entries[i] for i in few.tolist()], "minimum": rules.drop_minimum}
        warnings.append(_warning("trim_fallback", criterion, fallback="mean", **facts))
    return _averaged(scores, criterion, kept, use_weight=False, warnings=tuple(warnings))


def zscore(scores: Scores, judges: Sequence[Hashable], criterion: Hashable | None = None) -> Step:
    """Each judge's scores in units of that judge's own spread, averaged, mapped back.

    Notes
    -----
    ``z = (s - mean_j) / sd_j`` with ddof 1; a judge without spread, or with one
    score, contributes 0 and is flagged. Mapped back to points as
    ``m + s * mean(z)`` with m the mean of all scores and s the pooled
    within-judge standard deviation (root of the mean of sd_j^2 over scores with
    spread). It assumes that every judge saw entries of the same quality.
    Weights are not used. O(n_scores).
    """
    count = scores.per_judge
    at_least = np.maximum(count, 1)
    centre = group_sums(scores.judge, scores.value, scores.n_judges) / at_least
    apart = scores.value - centre[scores.judge]
    squares = group_sums(scores.judge, apart**2, scores.n_judges)
    sd = np.sqrt(squares / np.maximum(count - 1, 1))
    flat = sd <= noise_level(scores.value, scores.span)
    weight = np.where(flat, 0, count - 1)
    spread = float(np.sqrt(np.sum(weight * sd**2) / weight.sum())) if weight.any() else 0.0
    middle = float(scores.value.mean()) if scores.value.size else 0.0
    slope = np.where(flat, 0.0, spread / np.where(flat, 1.0, sd))
    intercept = middle - slope * centre
    corrected = intercept[scores.judge] + slope[scores.judge] * scores.value
    warnings = [
        _warning(
            "few_scores_per_judge",
            criterion,
            minimum=ENOUGH_FOR_ZSCORE,
            judges=_named(judges, (count > 0) & (count < ENOUGH_FOR_ZSCORE)),
        ),
    ]
    return Step(
        criterion,
        scores,
        _mean_of(scores, corrected),
        None,
        intercept,
        slope,
        np.ones(scores.value.size, dtype=bool),
        tuple(warning for warning in warnings if warning.facts["judges"]),
    )


def additive(scores: Scores, criterion: Hashable | None = None) -> tuple[Step, AdditiveFit]:
    """Least squares of entry plus judge; without degrees of freedom, the plain mean.

    Returns
    -------
    step : Step
    fit : AdditiveFit
        After the fallback its severities and standard errors are NaN.

    See Also
    --------
    competition.scoring.fits.additive.fit_additive : formulas, identification, source.
    """
    fit = fit_additive(
        scores.judge, scores.entry, scores.value, scores.n_judges, scores.n_entries, scores.weight
    )
    if fit.df <= 0:
        facts = {
            "scores": scores.value.size,
            "entries": int((scores.per_entry > 0).sum()),
            "judges": int((scores.per_judge > 0).sum()),
            "fallback": "mean",
        }
        warning = _warning("no_error_variance", criterion, **facts)
        step = _averaged(
            scores, criterion, np.ones(scores.value.size, dtype=bool), warnings=(warning,)
        )
        return step, _without_estimates(fit)
    severity = np.nan_to_num(fit.severity)
    step = Step(
        criterion,
        scores,
        fit.adjusted,
        None,
        severity,
        np.ones(scores.n_judges),
        np.ones(scores.value.size, dtype=bool),
    )
    return step, fit


def flagged_judges(scores: Scores, judges: Sequence[Hashable]) -> list[ScoreWarning]:
    """Judges with one score only, and judges whose scores are all the same."""
    if not scores.value.size:
        return []
    low = np.full(scores.n_judges, np.inf)
    high = np.full(scores.n_judges, -np.inf)
    np.minimum.at(low, scores.judge, scores.value)
    np.maximum.at(high, scores.judge, scores.value)
    single = scores.per_judge == 1
    flat = (scores.per_judge > 1) & (high - low <= noise_level(scores.value, scores.span))
    found = [
        ScoreWarning("judge_single_score", {"judges": _named(judges, single)}),
        ScoreWarning("judge_no_variance", {"judges": _named(judges, flat)}),
    ]
    return [warning for warning in found if warning.facts["judges"]]


def _averaged(
    scores: Scores,
    criterion: Hashable | None,
    kept: Flags,
    *,
    use_weight: bool = True,
    warnings: tuple[ScoreWarning, ...] = (),
) -> Step:
    """The exact mean of the kept scores of each entry."""
    values, entry = scores.exact.at(kept), scores.entry[kept]
    divisor: Integers | np.ndarray
    if scores.weight is None or not use_weight:
        divisor = np.bincount(entry, minlength=scores.n_entries)
    else:
        weight = Exact.of(scores.weight[kept]).numerator
        values = Exact(values.numerator.astype(object) * weight, values.denominator)
        divisor = Exact(weight, 1).sums(entry, scores.n_entries).numerator
    total = values.sums(entry, scores.n_entries)
    exact = total.over(np.where(divisor == 0, 1, divisor))
    value = np.where(divisor == 0, np.nan, exact.floats())
    return Step(
        criterion,
        scores,
        value,
        exact,
        np.zeros(scores.n_judges),
        np.ones(scores.n_judges),
        kept,
        warnings,
    )


def _mean_of(scores: Scores, values: Floats) -> Floats:
    size = scores.per_entry
    total = group_sums(scores.entry, values, scores.n_entries)
    return np.where(size == 0, np.nan, total / np.maximum(size, 1))


def _without_estimates(fit: AdditiveFit) -> AdditiveFit:
    nothing, no_judge = np.full(fit.se.size, np.nan), np.full(fit.severity.size, np.nan)
    return AdditiveFit(
        nothing, nothing, no_judge, no_judge, float("nan"), fit.df, fit.component, fit.components
    )


def _named(labels: Sequence[Hashable], mask: Flags) -> list[Hashable]:
    return [labels[k] for k in np.flatnonzero(mask).tolist()]


def _warning(code: str, criterion: Hashable | None, **facts: object) -> ScoreWarning:
    if criterion is not None:
        facts["criterion"] = criterion
    return ScoreWarning(code, facts)
