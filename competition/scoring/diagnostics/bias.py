"""Do judges favour entries of their own organization, kind or track?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from competition.scoring.arrays import Flags, Floats, Integers, group_sums
from competition.scoring.fits.additive import fit_additive
from competition.scoring.graph import components
from competition.scoring.totals import Scores

_AT_ONCE = 4_000_000


@dataclass(frozen=True, eq=False)
class BiasCheck:
    """Discrepancy between what judges gave to their own and to others.

    Attributes
    ----------
    discrepancy : float array, shape (n_judges,)
        In points, positive = favours the own; NaN for a judge who cannot be
        tested: no own entry, none but own ones, or nobody to compare with.
    n_matched, n_other : int array, shape (n_judges,)
        Own entries, and other entries, that could be compared.
    p : float array, shape (n_judges,)
        Two-sided, by permutation; NaN where not tested.
    p_holm : float array, shape (n_judges,)
        The same for all judges together (Holm): at most that chance of one false
        accusation among all.
    overall : float
        The common discrepancy of all tested judges, in points.
    overall_p : float
    tested : int
        Number of judges with a discrepancy.
    permutations : int
    """

    discrepancy: Floats
    n_matched: Integers
    n_other: Integers
    p: Floats
    p_holm: Floats
    overall: float
    overall_p: float
    tested: int
    permutations: int


def same_group(scores: Scores, of_judge: Integers, of_entry: Integers) -> Flags:
    """Which scores a judge gave to an entry of the same group.

    Parameters
    ----------
    scores : Scores
    of_judge : int array, shape (n_judges,)
        For example the organization; -1 = none or unknown, which matches nobody.
    of_entry : int array, shape (n_entries,)

    Returns
    -------
    bool array, shape (n_scores,)
    """
    judge, entry = of_judge[scores.judge], of_entry[scores.entry]
    return np.asarray((judge == entry) & (judge >= 0))


def check_bias(
    scores: Scores, matched: Flags, *, seed: int, permutations: int = 4_999
) -> BiasCheck:
    """Compare each judge's scores for own entries with what neutral judges gave them.

    Parameters
    ----------
    scores : Scores
    matched : bool array, shape (n_scores,)
        Scores for an entry of the judge's own; see `same_group`.
    seed : int
    permutations : int

    Returns
    -------
    BiasCheck

    Notes
    -----
    A score's residual is ``r = s - mean(s' + severity')`` over the other judges of
    the same entry to whom it is not their own, with severities by least squares
    from such neutral scores alone: a favour moves neither the yardstick nor its
    own judge's severity. The discrepancy of a judge is the mean residual of own
    entries less that of the others; the judge's own severity cancels. Overall,
    judges count as ``m n / (m + n)`` for m own and n other entries, which is least
    squares of the residuals on being matched within judges.

    Under no favour the labels own and other are exchangeable among a judge's
    entries, so they are permuted within each judge:
    ``p = (1 + permutations at least as far from 0) / (1 + permutations)``. An entry
    that is better than others see it, for reasons only its own judge knows, looks
    the same as favour.

    Weights of scores are not used. O(permutations x scores of tested judges).

    Source: Emerson, Seltzer and Lin 2009, The American Statistician 63:124 (matched
    and non-matched discrepancy, permutation); Phipson and Smyth 2010, Statistical
    Applications in Genetics and Molecular Biology 9(1):39 (p never 0); Holm 1979,
    Scandinavian Journal of Statistics 6:65.

    Examples
    --------
    >>> entry, judge = np.indices((6, 3)).reshape(2, -1)
    >>> quality, own = np.arange(6.0), (judge == 0) & (entry < 2)
    >>> scores = Scores(judge, entry, quality[entry] + judge + 1.5 * own, None, 3, 6)
    >>> found = check_bias(scores, own, seed=1)
    >>> found.discrepancy, found.n_matched, round(found.overall, 3)
    (array([1.5, nan, nan]), array([2, 0, 0]), 1.5)
    """
    residual = _residuals(scores, matched)
    usable = np.isfinite(residual)
    judge, own, residual = scores.judge[usable], matched[usable], residual[usable]
    size = np.bincount(judge, minlength=scores.n_judges)
    n_matched = np.bincount(judge[own], minlength=scores.n_judges)
    n_other = size - n_matched
    tested = np.flatnonzero((n_matched > 0) & (n_other > 0))
    order = np.argsort(judge, kind="stable")
    start = np.cumsum(size) - size
    generator = np.random.default_rng(seed)
    discrepancy, p = np.full((2, scores.n_judges), np.nan)
    observed, spread = 0.0, np.zeros(permutations)
    noise = 1e-9 * float(np.abs(residual).max(initial=0))
    for j in tested.tolist():
        mine = order[start[j] : start[j] + size[j]]
        values = residual[mine]
        actual = float(values[own[mine]].mean() - values[~own[mine]].mean())
        shuffled = _permuted(values, int(n_matched[j]), permutations, generator)
        discrepancy[j], p[j] = actual, _p_value(actual, shuffled, noise)
        weight = float(n_matched[j] * n_other[j] / size[j])
        observed += weight * actual
        spread += weight * shuffled
    total = float(np.sum(n_matched[tested] * n_other[tested] / size[tested]))
    nothing = not tested.size
    return BiasCheck(
        discrepancy,
        n_matched,
        n_other,
        p,
        holm(p),
        float("nan") if nothing else observed / total,
        float("nan") if nothing else _p_value(observed, spread, noise * total),
        int(tested.size),
        permutations,
    )


def _residuals(scores: Scores, matched: Flags) -> Floats:
    """Score less what neutral judges gave the entry, at their mean severity; NaN if none did."""
    judge, entry, value = scores.judge, scores.entry, scores.value
    neutral = ~matched
    fit = fit_additive(
        judge[neutral], entry[neutral], value[neutral], scores.n_judges, scores.n_entries
    )
    of_judge, of_entry, _ = components(
        judge[neutral], entry[neutral], scores.n_judges, scores.n_entries
    )
    level = np.where(neutral, value + np.nan_to_num(fit.severity)[judge], 0.0)
    total = group_sums(entry, level, scores.n_entries)[entry] - level
    count = group_sums(entry, neutral, scores.n_entries)[entry] - neutral
    # Severities are comparable within a component only.
    comparable = (count > 0) & (of_judge[judge] == of_entry[entry]) & (of_judge[judge] >= 0)
    return np.where(comparable, value - total / np.maximum(count, 1), np.nan)


def _permuted(
    values: Floats, matched: int, permutations: int, generator: np.random.Generator
) -> Floats:
    """Discrepancies with the labels dealt out anew, shape (permutations,)."""
    size = values.size
    fewer = min(matched, size - matched)
    sums = []
    rows = max(1, _AT_ONCE // size)
    for start in range(0, permutations, rows):
        keys = generator.random((min(rows, permutations - start), size), dtype=np.float32)
        chosen = np.argpartition(keys, fewer - 1, axis=1)[:, :fewer]
        sums.append(values[chosen].sum(axis=1))
    part = np.concatenate(sums)
    difference: Floats = part / fewer - (values.sum() - part) / (size - fewer)
    return difference if fewer == matched else -difference


def _p_value(actual: float, shuffled: Floats, noise: float) -> float:
    beyond = int(np.sum(np.abs(shuffled) >= abs(actual) - noise))
    return (1 + beyond) / (1 + shuffled.size)


def holm(p: Floats) -> Floats:
    """Holm's step-down adjustment; NaN = not tested.

    Examples
    --------
    >>> holm(np.array([0.01, np.nan, 0.04, 0.03]))
    array([0.03,  nan, 0.06, 0.06])
    """
    there = np.flatnonzero(~np.isnan(p))
    order = there[np.argsort(p[there], kind="stable")]
    factor = np.arange(order.size, 0, -1)
    adjusted = np.full(p.size, np.nan)
    adjusted[order] = np.minimum(np.maximum.accumulate(factor * p[order]), 1)
    return adjusted
