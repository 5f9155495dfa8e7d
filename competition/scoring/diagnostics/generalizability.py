"""Where differences between ratings come from: variance components of any design."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from competition.scoring.arrays import Floats, Integers, group_sums

Facets = frozenset[str]

_WORST_CONDITION = 1e10
"""Of the equations between mean squares and components; beyond it two effects are one."""


@dataclass(frozen=True)
class VarianceComponents:
    """Where differences between ratings come from, in points squared.

    Attributes
    ----------
    entry, judge : float
        Between entries; between judges' severities.
    residual : float
        Rest of one rating: judges' disagreement on entries, and noise.
    criterion, entry_criterion, judge_criterion, entry_judge : float
        0 without criteria; then `entry_judge` is part of the residual. Estimates
        by expected mean squares may be negative; negative counts as 0 in a plan.
    n_criteria : int
        Criteria of a scorecard; its score is their mean.
    """

    entry: float
    judge: float
    residual: float
    criterion: float = 0.0
    entry_criterion: float = 0.0
    judge_criterion: float = 0.0
    entry_judge: float = 0.0
    n_criteria: int = 1

    @property
    def true(self) -> float:
        """Variance of the entries' true scores on these criteria."""
        return _positive(self.entry) + _positive(self.entry_criterion) / self.n_criteria

    @property
    def relative_error(self) -> float:
        """Error variance of one judge's score, the judge's severity taken out."""
        return _positive(self.entry_judge) + _positive(self.residual) / self.n_criteria

    @property
    def of_one_total(self) -> dict[str, float]:
        """What each source adds to the variance of one judge's total for an entry.

        The criteria are fixed, so differences between their means add nothing.
        """
        count = self.n_criteria
        parts = {
            "entry": self.entry,
            "entry_criterion": self.entry_criterion / count,
            "judge": self.judge,
            "judge_criterion": self.judge_criterion / count,
            "entry_judge": self.entry_judge,
            "residual": self.residual / count,
        }
        known = ("entry", "judge", "residual") if count == 1 else parts
        return {name: _positive(parts[name]) for name in known}

    @property
    def absolute_error(self) -> float:
        """Error variance of one judge's score, the judge's severity in it."""
        severity = _positive(self.judge) + _positive(self.judge_criterion) / self.n_criteria
        return self.relative_error + severity


def _positive(variance: float) -> float:
    """Negative estimates count as 0; NaN stays unknown."""
    return 0.0 if variance < 0 else variance


_UNKNOWN = float("nan")


def g_study(
    judge: Integers,
    entry: Integers,
    value: Floats,
    *,
    criterion: Integers | None = None,
) -> VarianceComponents:
    """Variance components of complete and incomplete designs, by sums of squares.

    Parameters
    ----------
    judge, entry : int array, shape (n_ratings,)
        From 0.
    value : float array, shape (n_ratings,)
    criterion : int array, shape (n_ratings,), optional

    Returns
    -------
    VarianceComponents
        Entry, judge and residual NaN where the design does not tell the effects apart:
        fewer than two entries, judges or criteria, the same rating twice, or such as one
        judge an entry. Not clipped: an estimate may be negative.

    Notes
    -----
    For every set of facets u, ``T_u = sum over its cells a of (sum of y in a)^2 / n_a``. Under
    the random model ``E T_u = N mu^2 + sum_v k(u, v) s2_v`` with
    ``k(u, v) = sum_a sum_b n_ab^2 / n_a`` over the cells a of u and b of v, n_ab the ratings
    in both: as many equations as components. They are unbiased whatever is missing, and for
    complete designs the mean squares of the analysis of variance. O(n_ratings).

    Source: Henderson 1953, Biometrics 9:226, method 1; Brennan 2001, Generalizability Theory,
    chapter 7 (analogous-ANOVA procedure).

    Examples
    --------
    >>> entry, judge = np.indices((3, 2)).reshape(2, -1)
    >>> found = g_study(judge, entry, np.array([1.0, 2, 4, 5, 7, 9]))
    >>> round(found.entry, 4), round(found.judge, 4), round(found.residual, 4)
    (10.5, 0.8333, 0.1667)
    """
    index = {"entry": entry, "judge": judge}
    if criterion is not None:
        index["criterion"] = criterion
    cells = _cells(index)
    whole = frozenset(index)
    levels = {facet: int(cells[frozenset({facet})].max(initial=-1)) + 1 for facet in index}
    is_once = int(cells[whole].max(initial=-1)) + 1 == value.size
    found = _solved(cells, value) if is_once and min(levels.values()) >= 2 else None
    if found is None:
        return VarianceComponents(_UNKNOWN, _UNKNOWN, _UNKNOWN)
    parts = {"_".join(facet for facet in index if facet in effect): s2 for effect, s2 in found}
    if criterion is None:
        return VarianceComponents(parts["entry"], parts["judge"], parts["entry_judge"])
    return VarianceComponents(
        entry=parts["entry"],
        judge=parts["judge"],
        residual=parts["entry_judge_criterion"],
        criterion=parts["criterion"],
        entry_criterion=parts["entry_criterion"],
        judge_criterion=parts["judge_criterion"],
        entry_judge=parts["entry_judge"],
        n_criteria=levels["criterion"],
    )


def _cells(index: Mapping[str, Integers]) -> dict[Facets, Integers]:
    """Cell of every rating, numbered without gaps, for every set of facets but the empty one."""
    cells: dict[Facets, Integers] = {}
    for size in range(1, len(index) + 1):
        for names in combinations(index, size):
            *first, last = names
            code = index[last]
            if first:
                code = cells[frozenset(first)] * (int(code.max(initial=0)) + 1) + code
            cells[frozenset(names)] = np.unique(code, return_inverse=True)[1]
    return cells


def _solved(cells: Mapping[Facets, Integers], value: Floats) -> list[tuple[Facets, float]] | None:
    """Each effect with its variance; None where the equations do not tell them apart."""
    effects = list(cells)
    count = {effect: np.bincount(cell) for effect, cell in cells.items()}
    apart = value - value.mean()
    squares = [
        float(np.sum(group_sums(cells[u], apart, count[u].size) ** 2 / count[u])) for u in effects
    ]
    # Less the equation of the mean, whose own sum of squares is 0 now.
    of_mean = np.array([float(np.sum(count[v] ** 2.0)) / value.size for v in effects])
    shares = np.array([[_share(cells, count, u, v) for v in effects] for u in effects]) - of_mean
    if np.linalg.cond(shares / value.size) > _WORST_CONDITION:
        return None
    return list(zip(effects, np.linalg.solve(shares, squares).tolist(), strict=True))


def _share(
    cells: Mapping[Facets, Integers], count: Mapping[Facets, Integers], u: Facets, v: Facets
) -> float:
    """How often the variance of v enters the sum of squares of u: k(u, v)."""
    both = u | v
    of_u = np.zeros(count[both].size, dtype=np.int64)
    of_u[cells[both]] = cells[u]
    return float(np.sum(count[both] ** 2.0 / count[u][of_u]))
