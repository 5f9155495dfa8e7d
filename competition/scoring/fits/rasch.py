"""Many-facet rating scale model: entries, judges and criteria on one scale of logits."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from competition.scoring.arrays import Flags, Floats, Integers, group_sums
from competition.scoring.errors import Disconnected, NotEnoughData, TooManyCategories
from competition.scoring.fits.rating_scale import (
    Maximum,
    Observed,
    category_probabilities,
    maximise,
)
from competition.scoring.graph import components

MOST_CATEGORIES = 101
"""More distinct scores than this are measurements, not categories."""

_FAR = 1e4
"""Logits at which nothing but the end of the scale has a chance."""

TOP, BOTTOM, BETWEEN = 1, -1, 0
"""Values of `extreme`."""


@dataclass(frozen=True, eq=False)
class RaschFit:
    """A many-facet rating scale model at its joint maximum likelihood.

    Attributes
    ----------
    measure, measure_se : float array, shape (n_entries,)
        Logits, positive = better, mean 0 over the estimated entries of each
        component. An extreme entry is +inf or -inf with standard error NaN; NaN
        without a rating that tells.
    severity, severity_se : float array, shape (n_judges,)
        Logits, positive = harsher, mean 0 over the estimated judges of each
        component; infinite for a judge who gave one end of the scale only.
    difficulty, difficulty_se : float array, shape (n_criteria,)
        Logits, positive = harder, mean 0 over the estimated criteria.
    threshold : float array, shape (n_categories - 1,)
        F_k: where category k becomes likelier than k - 1, in logits.
    category : float array, shape (n_categories,)
        The scores that the categories stand for, lowest first.
    skipped : int
        Steps of the scale between the lowest and the highest observed score that
        nobody gave; their neighbours are taken as adjacent. 0 without `step`.
    adjusted : float array, shape (n_entries,)
        Fair average: the score expected from a judge and a criterion at 0, in
        points; for an extreme entry its limit, the end of the scale itself.
    extreme, extreme_judge : int array, shape (n_entries,), (n_judges,)
        1 = all at the top, -1 = all at the bottom, 0 = between.
    infit, outfit : float array, shape (n_entries,)
    judge_infit, judge_outfit : float array, shape (n_judges,)
        Mean squares, 1 = as noisy as the model says; NaN where not estimated.
    reliability, judge_reliability : float
        Separation reliability; NaN for fewer than two.
    log_likelihood : float
        Of the ratings that are not extreme; the extreme add 0 in the limit.
    iterations : int
    component, judge_component : int array, shape (n_entries,), (n_judges,)
        Entries of one component are comparable; -1 = not estimated.
    components : int
    level : float array, shape (components,)
        Logits that a component adds to every rating; mean 0.
    """

    measure: Floats
    measure_se: Floats
    severity: Floats
    severity_se: Floats
    difficulty: Floats
    difficulty_se: Floats
    threshold: Floats
    category: Floats
    skipped: int
    adjusted: Floats
    extreme: Integers
    extreme_judge: Integers
    infit: Floats
    outfit: Floats
    judge_infit: Floats
    judge_outfit: Floats
    reliability: float
    judge_reliability: float
    log_likelihood: float
    iterations: int
    component: Integers
    judge_component: Integers
    components: int
    level: Floats


@dataclass(frozen=True, eq=False)
class _Dropped:
    """What is left after the extremes are taken out, pass by pass."""

    kept: Flags
    code: Integers
    category: Floats
    extreme: tuple[Integers, ...]
    limit: Floats


def fit_rasch(
    judge: Integers,
    entry: Integers,
    value: Floats,
    n_judges: int,
    n_entries: int,
    *,
    criterion: Integers | None = None,
    n_criteria: int = 1,
    weight: Floats | None = None,
    step: float | None = None,
    joined: bool = False,
) -> RaschFit:
    """Fit the many-facet rating scale model by joint maximum likelihood.

    Parameters
    ----------
    judge, entry : int array, shape (n_ratings,)
    value : float array, shape (n_ratings,)
        Scores on one scale; the distinct scores, in order, are the categories.
    n_judges, n_entries : int
    criterion : int array, shape (n_ratings,), optional
    n_criteria : int
    weight : float array, shape (n_ratings,), optional
        A rating of weight 2 counts as two ratings; 0 leaves it out.
    step : float, optional
        Step of the scale, to count the categories that nobody gave.
    joined : bool
        Refuse entries that judges do not join, instead of fitting each
        component around its own zero.

    Returns
    -------
    RaschFit

    Raises
    ------
    NotEnoughData
        Every rating belongs to an extreme entry, judge or criterion.
    TooManyCategories
        More than `MOST_CATEGORIES` distinct scores.
    Disconnected
        With `joined`: the components' entries. Always: criteria or judges that
        never meet, so that their difference has no estimate (what = "criterion").
    NotConverged
        The likelihood has no maximum, although no single entry is extreme.

    Notes
    -----
    Model: ``log(P_k / P_{k-1}) = B_i - C_j - D_c - F_k`` for neighbouring
    categories k - 1 and k. Identification: B, C and D have mean 0 (B and C in
    every component), the F_k are free. Newton's method on the whole likelihood,
    which is concave; the facet with most members is eliminated. Standard errors
    are those of the centred parameters from the full information matrix; who is
    alone in a facet or component is 0 by convention and has none.

    Entries, judges and criteria all of whose ratings lie at one end are
    infinite and leave the estimation, with their ratings, until none is left.

    Joint estimates lie a little too far apart, the more so the fewer ratings an
    entry has; the order does not suffer (Wright and Douglas 1977, Applied
    Psychological Measurement 1:281).

    Infit is ``sum (x - E)^2 / sum V``, outfit the mean of ``(x - E)^2 / V``.
    Separation reliability is ``(S^2 - mean(se^2)) / S^2`` with S^2 the variance
    of the measures (n - 1) and se the error given all other facets, as in the
    Facets program; it can be negative.

    Cost: O(n K + m^3) an iteration, m the members of the smaller facets and the
    steps; about 8 iterations.

    Source: Linacre 1989, Many-Facet Rasch Measurement; Andrich 1978,
    Psychometrika 43:561 (rating scale); Wright and Masters 1982, Rating Scale
    Analysis, chapter 5 (fit, separation).

    Examples
    --------
    >>> table = np.array([[3.0, 2, 3, 2], [2, 3, 2, 1], [1, 2, 2, 2], [2, 1, 1, 2]])
    >>> entry, judge = np.indices(table.shape).reshape(2, -1)
    >>> fit = fit_rasch(judge, entry, table.ravel(), 4, 4)
    >>> np.round(fit.measure, 3)
    array([ 1.925,  0.216, -0.639, -1.502])
    >>> np.round(fit.severity, 3)
    array([-0.218, -0.218, -0.218,  0.655])
    >>> np.round(fit.adjusted, 3)
    array([2.503, 2.   , 1.75 , 1.495])
    """
    if criterion is None:
        criterion, n_criteria = np.zeros(value.size, dtype=np.int64), 1
    weight = np.ones(value.size) if weight is None else weight
    facets, sizes = (entry, judge, criterion), (n_entries, n_judges, n_criteria)
    left = _without_extremes(facets, sizes, value, weight > 0)
    of_judge, of_entry, count = components(judge[left.kept], entry[left.kept], n_judges, n_entries)
    if joined and count > 1:
        raise Disconnected(what="entries", sets=_sets(of_entry, count))
    zeros = np.zeros(n_criteria, dtype=np.int64)
    observed = Observed.of(
        tuple(facet[left.kept] for facet in facets),
        left.code[left.kept],
        weight[left.kept],
        (of_entry, of_judge, zeros),
    )
    found = maximise(observed, left.category.size)
    return _report(found, observed, left, (of_entry, of_judge, count), _skipped(left, step))


def predict_rasch(
    fit: RaschFit, judge: Integers, entry: Integers, criterion: Integers | None = None
) -> tuple[Floats, Floats]:
    """Mean and standard deviation of the score that a judge would give an entry.

    Parameters
    ----------
    fit : RaschFit
    judge, entry : int array, shape (n,)
    criterion : int array, shape (n,), optional
        Without it a criterion of difficulty 0.

    Returns
    -------
    mean, sd : float array, shape (n,)
        In points, the parameters taken as known; the end of the scale and 0 for an
        extreme entry or judge. NaN for whom nothing is known, and for a judge and
        an entry that nothing joins.

    Examples
    --------
    >>> table = np.array([[3.0, 2, 3, 2], [2, 3, 2, 1], [1, 2, 2, 2], [2, 1, 1, 2]])
    >>> entry, judge = np.indices(table.shape).reshape(2, -1)
    >>> fit = fit_rasch(judge, entry, table.ravel(), 4, 4)
    >>> mean, sd = predict_rasch(fit, np.array([0, 3]), np.array([0, 0]))
    >>> mean.round(2), sd.round(2)
    (array([2.56, 2.31]), array([0.52, 0.55]))
    """
    harder = 0.0 if criterion is None else fit.difficulty[criterion]
    with np.errstate(invalid="ignore"):  # infinite against infinite says nothing: NaN
        predictor = fit.measure[entry] - fit.severity[judge] - harder
    of_entry, of_judge = fit.component[entry], fit.judge_component[judge]
    joined = (of_entry >= 0) & (of_entry == of_judge)
    predictor = np.where(joined, predictor + fit.level[of_entry], predictor)
    known = ~np.isnan(predictor) & (joined | np.isinf(predictor))
    limit = np.clip(predictor[known], -_FAR, _FAR)
    chance = category_probabilities(limit, -fit.threshold)
    mean, sd = np.full((2, predictor.size), np.nan)
    mean[known] = chance @ fit.category
    square = chance @ (fit.category - fit.category[0]) ** 2
    sd[known] = np.sqrt(np.maximum(square - (mean[known] - fit.category[0]) ** 2, 0))
    return mean, sd


def _without_extremes(
    facets: tuple[Integers, ...], sizes: tuple[int, ...], value: Floats, counts: Flags
) -> _Dropped:
    """Take out whoever has only the top or only the bottom category, until nobody has."""
    extreme = tuple(np.full(size, BETWEEN) for size in sizes)
    limit = np.full(sizes[0], np.nan)
    kept = counts.copy()
    while kept.any():
        category, code = np.unique(value[kept], return_inverse=True)
        if category.size > MOST_CATEGORIES:
            raise TooManyCategories(count=int(category.size), most=MOST_CATEGORIES)
        everything = np.full(value.size, -1)
        everything[kept] = code
        found = False
        still = kept.copy()
        for place, (facet, size) in enumerate(zip(facets, sizes, strict=True)):
            number = np.bincount(facet[kept], minlength=size)
            for end, sign in ((category.size - 1, TOP), (0, BOTTOM)):
                at_end = np.bincount(facet[kept], code == end, minlength=size)
                out = (number > 0) & (at_end == number)
                found |= bool(out.any())
                extreme[place][out] = sign
                if place == 0:
                    limit[out] = category[end]
                still &= ~out[facet]
        if not found:
            return _Dropped(kept, everything, category, extreme, limit)
        kept = still
    raise NotEnoughData(what="rasch", ratings=int(counts.sum()), not_extreme=0)


def _sets(component: Integers, count: int) -> list[list[int]]:
    sets = [np.flatnonzero(component == c).tolist() for c in range(count)]
    return sorted(sets, key=len, reverse=True)


def _skipped(left: _Dropped, step: float | None) -> int:
    """Categories of the scale between the ends that nobody gave."""
    if step is None:
        return 0
    all_steps = round(float(left.category[-1] - left.category[0]) / step) + 1
    return all_steps - left.category.size


def _report(
    found: Maximum,
    observed: Observed,
    left: _Dropped,
    of: tuple[Integers, Integers, int],
    skipped: int,
) -> RaschFit:
    ease, se, infit, outfit = (
        tuple(
            _spread(part, observed.members[f], left.extreme[f].size) for f, part in enumerate(parts)
        )
        for parts in (found.parameters.ease, found.se, *_mean_squares(found, observed))
    )
    measure, leniency, easiness = (
        np.where(end == BETWEEN, part, np.copysign(np.inf, end))
        for part, end in zip(ease, left.extreme, strict=True)
    )
    component, of_judge, count = of
    return RaschFit(
        measure=measure,
        measure_se=se[0],
        severity=0.0 - leniency,
        severity_se=se[1],
        difficulty=0.0 - easiness,
        difficulty_se=se[2],
        threshold=0.0 - found.parameters.steps,
        category=left.category,
        skipped=skipped,
        adjusted=_fair_average(measure, found, left, component),
        extreme=left.extreme[0],
        extreme_judge=left.extreme[1],
        infit=infit[0],
        outfit=outfit[0],
        judge_infit=infit[1],
        judge_outfit=outfit[1],
        reliability=_reliability(found, 0),
        judge_reliability=_reliability(found, 1),
        log_likelihood=found.log_likelihood,
        iterations=found.iterations,
        component=component,
        judge_component=of_judge,
        components=count,
        level=found.level,
    )


def _spread(values: Floats, members: Integers, count: int) -> Floats:
    result = np.full(count, np.nan)
    result[members] = values
    return result


def _mean_squares(
    found: Maximum, observed: Observed
) -> tuple[tuple[Floats, ...], tuple[Floats, ...]]:
    """Infit and outfit of every facet's members."""
    predictor = found.parameters.predictor(observed.facets)
    predictor += found.level[observed.block[0][observed.facets[0]]]
    chance = category_probabilities(predictor, found.parameters.steps)
    number = np.arange(chance.shape[1])
    expected = chance @ number
    variance = chance @ number**2 - expected**2
    square = (observed.code - expected) ** 2
    weight = observed.weight
    infit, outfit = [], []
    for facet, size in zip(observed.facets, observed.sizes, strict=True):
        infit.append(
            group_sums(facet, weight * square, size) / group_sums(facet, weight * variance, size)
        )
        outfit.append(
            group_sums(facet, weight * square / variance, size) / group_sums(facet, weight, size)
        )
    return tuple(infit), tuple(outfit)


def _fair_average(measure: Floats, found: Maximum, left: _Dropped, component: Integers) -> Floats:
    there = np.flatnonzero(np.isfinite(measure))
    predictor = measure[there] + found.level[component[there]]
    adjusted = left.limit.copy()
    adjusted[there] = category_probabilities(predictor, found.parameters.steps) @ left.category
    return adjusted


def _reliability(found: Maximum, facet: int) -> float:
    measure, se = found.parameters.ease[facet], found.conditional_se[facet]
    if measure.size < 2:
        return float("nan")
    spread = float(measure.var(ddof=1))
    return (spread - float(np.mean(se**2))) / spread if spread > 0 else float("nan")
