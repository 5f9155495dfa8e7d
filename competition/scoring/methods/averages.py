"""Mean and trimmed mean: exact, and no difference between judges taken out."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np

from competition.scoring.arrays import Flags, Floats, Integers, group_sums
from competition.scoring.facts import Facts
from competition.scoring.rounding import Exact
from competition.scoring.step import ScoreWarning, Setting, Step
from competition.scoring.totals import Scorecards, Scores


def mean(scores: Scores, setting: Setting) -> Step:
    """Plain mean of the judges' scores, weighted where ratings carry weights.

    Notes
    -----
    Exact: sums of decimals are kept as integers. It takes no difference
    between judges out. O(n_scores).
    """
    return averaged(scores, setting, None)


def trimmed(scores: Scores, setting: Setting) -> Step:
    """Mean after dropping each entry's highest and lowest scores.

    Notes
    -----
    Drops `rules.drop_high` and `rules.drop_low` scores of an entry that has at
    least `rules.drop_minimum`; the others get the plain mean, with the warning
    "trim_fallback". Weights are not used. O(n log n).

    Source: International Skating Union, Special Regulations, rule 353
    (one high and one low of nine are dropped, the rest averaged).
    """
    rules, size = setting.rules, scores.per_entry
    enough = size >= rules.drop_minimum
    kept = ~_extremes(scores, enough, rules.drop_high, rules.drop_low)
    few = (size > 0) & ~enough
    warnings = []
    if few.any() and rules.drop_high + rules.drop_low:
        facts = {"entries": setting.entries_at(few), "minimum": rules.drop_minimum}
        warnings.append(setting.warning("trim_fallback", fallback="mean", **facts))
    return averaged(scores, setting, kept, use_weight=False, warnings=tuple(warnings))


def _extremes(scores: Scores, enough: Flags, high: int, low: int) -> Flags:
    """Which scores are among the highest or lowest of an entry that has enough."""
    order = np.lexsort((scores.judge, scores.value, scores.entry))
    size = scores.per_entry
    start = np.cumsum(size) - size
    of = scores.entry[order]
    place = np.arange(of.size) - start[of]
    dropped = np.empty(of.size, dtype=bool)
    dropped[order] = enough[of] & ((place < low) | (place >= size[of] - high))
    return dropped


def averaged(
    scores: Scores,
    setting: Setting,
    kept: Flags | None,
    *,
    use_weight: bool = True,
    warnings: tuple[ScoreWarning, ...] = (),
    fallback: str | None = None,
) -> Step:
    """The exact mean of the kept scores of each entry (None: of all)."""
    exact = exact_mean(scores, kept, use_weight=use_weight)
    return Step(
        criterion=setting.criterion,
        scores=scores,
        value=exact[1],
        corrected=scores.value,
        exact=exact[0],
        kept=kept,
        facts=Facts(predict=linear_prediction(scores, scores.value, exact[1])),
        warnings=warnings,
        fallback=fallback,
    )


def exact_mean(
    scores: Scores, kept: Flags | None = None, *, use_weight: bool = True
) -> tuple[Exact, Floats]:
    """The mean of each entry as exact numbers, and as floats with NaN where there is none."""
    values, entry = (
        (scores.exact, scores.entry)
        if kept is None
        else (scores.exact.at(kept), scores.entry[kept])
    )
    divisor: Integers | np.ndarray
    if scores.weight is None or not use_weight:
        divisor = np.bincount(entry, minlength=scores.n_entries)
    else:
        chosen = scores.weight if kept is None else scores.weight[kept]
        weight = Exact.of(chosen).numerator
        values = Exact(values.numerator.astype(object) * weight, values.denominator)
        divisor = Exact(weight, 1).sums(entry, scores.n_entries).numerator
    total = values.sums(entry, scores.n_entries)
    exact = total.over(np.where(divisor == 0, 1, divisor))
    return exact, np.where(divisor == 0, np.nan, exact.floats())


def raw_means(cards: Scorecards, totals: Scores, steps: tuple[Step, ...]) -> Floats:
    """Each entry's plain mean of its judges' raw scores, by the rule book's unit."""
    if cards.rules.unit == "scorecard":
        return exact_mean(totals, use_weight=False)[1]
    raw = np.zeros(len(cards.ratings.entries))
    for step, factor in zip(steps, cards.factors, strict=True):
        raw += exact_mean(step.scores, use_weight=False)[1] * float(factor)
    return raw


def mean_of(scores: Scores, values: Floats) -> Floats:
    """The plain mean of other values than the scores' own, entry by entry."""
    size = scores.per_entry
    total = group_sums(scores.entry, values, scores.n_entries)
    return np.where(size == 0, np.nan, total / np.maximum(size, 1))


def linear_prediction(
    scores: Scores,
    corrected: Floats,
    combined: Floats,
    intercept: Floats | None = None,
    slope: Floats | None = None,
) -> Callable[[Integers, Integers], tuple[Floats, Floats]]:
    """Predict scores under a method that corrects each judge by a line and averages.

    Parameters
    ----------
    scores : Scores
    corrected : float array, shape (n_scores,)
        ``intercept_j + slope_j * s``.
    combined : float array, shape (n_entries,)
    intercept, slope : float array, shape (n_judges,), optional
        0 and 1 where not given. A slope of 0 stands for a judge without spread.

    Returns
    -------
    callable
        Positions of judges and entries to mean and standard deviation: the
        line turned round, ``(combined_i - intercept_j) / slope_j``, and
        ``sqrt(v (1 + 1/n_i)) / |slope_j|`` with v the pooled variance of the
        corrected scores within entries. NaN where there is none, for an unknown
        entry (-1) and, if judges are corrected, for an unknown judge.
    """
    return partial(_predict, scores, corrected, combined, intercept, slope)


def _predict(
    scores: Scores,
    corrected: Floats,
    combined: Floats,
    intercept: Floats | None,
    slope: Floats | None,
    judge: Integers,
    entry: Integers,
) -> tuple[Floats, Floats]:
    size = scores.per_entry
    apart = corrected - combined[scores.entry]
    df = scores.value.size - int((size > 0).sum())
    variance = float(np.sum(apart**2)) / df if df > 0 else np.nan
    known = (entry >= 0) & ~np.isnan(combined[entry])
    if intercept is not None:
        known &= (judge >= 0) & (scores.per_judge[judge] > 0)
    lift = np.zeros(judge.size) if intercept is None else intercept[judge]
    stretch = np.ones(judge.size) if slope is None else slope[judge]
    flat = stretch == 0
    stretch = np.where(flat, 1.0, stretch)
    centre = (combined[entry] - lift) / stretch
    error = np.sqrt(variance * (1 + 1 / np.maximum(size[entry], 1))) / np.abs(stretch)
    own = group_sums(scores.judge, scores.value, scores.n_judges)
    own = own / np.maximum(scores.per_judge, 1)
    centre = np.where(flat, own[judge], centre)
    return np.where(known, centre, np.nan), np.where(flat | ~known, np.nan, error)
