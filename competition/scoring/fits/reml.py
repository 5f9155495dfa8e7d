"""The restricted likelihood of crossed random effects, and its maximum by Newton steps."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from competition.scoring.arrays import Flags, Floats, Integers, group_sums
from competition.scoring.errors import NotConverged, NotEnoughData
from competition.scoring.fits.elimination import Crossing
from competition.scoring.fits.factor import Factor

MOST_EVALUATIONS = 200
MOST_RATIO = 1e7
"""A variance ratio beyond this says that there is no residual variance."""

_MOST_CLASSES = 6
_PRECISION = 1e-15
"""Newton stops when the criterion can fall by no more than this, per score."""

_SMALL = 100
"""Columns up to which a second climb costs nothing worth saving."""

_FLAT = 3e-6
"""Slope by the logarithm of the ratios that a maximum may show, per root of scores; where
the residual variance falls to 0 it stays above, however small the steps."""

_GOOD_ENOUGH = 1e-7
"""A fall that float noise hides."""


@dataclass(frozen=True, eq=False)
class Profile:
    """Scores of two crossed random facets, compressed to what the criterion needs.

    Attributes
    ----------
    crossing : Crossing
        Rows are eliminated.
    fixed : float array, shape (n_rows, p) or (n_cols, p)
        Indicators of the fixed effects, at the facet that bears them.
    fixed_on_rows : bool
    row_total, col_total : float array
        Weighted sums of the (centred) scores.
    within : float
        Weighted sum of squares about the rows' means.
    log_weight : float
        Sum of the logarithms of the weights.
    count : int
        Number of scores.

    Notes
    -----
    With ratios ``r = var_row / sigma2``, ``c = var_col / sigma2``, row weights n,
    ``s = 1 / (1 + r n)`` and ``A = diag(n_col) - B' diag(r s) B``,

    ``log |V| = sum log(1 + r n) + log |I + c A| - sum log w``  (V over sigma2),
    ``V^-1 = V1^-1 - c V1^-1 Z (I + c A)^-1 Z' V1^-1``,

    where ``Z' V1^-1 Z = A`` and Z are the columns' indicators. Everything reduces
    to the columns: one Cholesky factor and one inverse of I + c A, O(n_cols^3).
    """

    crossing: Crossing
    fixed: Floats
    fixed_on_rows: bool
    row_total: Floats
    col_total: Floats
    within: float
    log_weight: float
    count: int

    @property
    def rank(self) -> int:
        """Number of fixed effects."""
        return int(self.fixed.shape[1])

    def at(self, row_ratio: float, col_ratio: float) -> Point:
        """The criterion and all its derivatives at two variance ratios."""
        crossing, n, t = self.crossing, self.crossing.row_weight, self.row_total
        s = 1 / (1 + row_ratio * n)
        d = row_ratio * s
        a = self._weighted_gram(-d)
        a.flat[:: len(a) + 1] += crossing.col_weight
        on_rows = np.empty((n.size, self.rank + 1))
        on_rows[:, -1] = s * t
        on_cols = np.empty((len(a), self.rank + 1))
        on_cols[:, -1] = self.col_total - crossing.per_col(d * t)
        both = np.zeros((self.rank + 1, self.rank + 1))
        if self.fixed_on_rows:
            on_rows[:, :-1] = (s * n)[:, None] * self.fixed
            on_cols[:, :-1] = crossing.per_col(s[:, None] * self.fixed)
            both[:-1] = self.fixed.T @ on_rows
        else:
            on_rows[:, :-1] = s[:, None] * crossing.per_row(self.fixed)
            on_cols[:, :-1] = a @ self.fixed
            both[:-1] = self.fixed.T @ on_cols
        both[-1, :-1] = both[:-1, -1]
        both[-1, -1] = self.within + float(np.sum(s * t**2 / n))
        return Point.of(self, (row_ratio, col_ratio), s, a, (on_rows, on_cols, both))

    def trace_of_rows(self, factor: Floats, matrix: Floats) -> float:
        """Trace of M B' diag(factor) B for a symmetric M."""
        classes = self._classes
        if classes is None:
            return float(factor @ self.crossing.quadratic(matrix))
        first, stack = classes
        return float(factor[first] @ (stack @ matrix.ravel()))

    def _weighted_gram(self, factor: Floats) -> Floats:
        classes = self._classes
        if classes is None:
            return self.crossing.gram(factor)
        first, stack = classes
        width = self.crossing.n_cols
        return (factor[first] @ stack).reshape(width, width)

    @cached_property
    def _classes(self) -> tuple[Integers, Floats] | None:
        """One row, and B' B, of each set of rows of equal weight; None = too many sets."""
        weight = self.crossing.row_weight
        values = np.unique(weight[:: max(1, weight.size // 1000)])
        if values.size <= _MOST_CLASSES:
            values = np.unique(weight)
        if values.size > _MOST_CLASSES:
            return None
        first = np.array([int(np.argmax(weight == value)) for value in values])
        stack = [self.crossing.gram((weight == value).astype(float)).ravel() for value in values]
        return first, np.array(stack)


@dataclass(frozen=True, eq=False)
class Point:
    """The restricted likelihood at one pair of variance ratios.

    Attributes
    ----------
    ratio : tuple of float
        Variance of rows and of columns over the residual variance.
    criterion : float
        -2 log restricted likelihood, with all constants.
    gradient : float array, shape (2,)
        By the ratios.
    information : float array, shape (2, 2)
        Average information: the mean of the observed and expected second derivatives.
    sigma2 : float
    shrink : float array, shape (n_rows,)
        s of the notes of `Profile`.
    inner : float array, shape (n_cols, n_cols)
        (I + c A)^-1.
    coefficient : float array, shape (p,)
        Fixed effects.
    fixed_inverse : float array, shape (p, p)
        Covariance of the fixed effects over sigma2.
    row_score, col_score : float array
        Z' V^-1 (y - X b); times the ratio: the predicted effects.
    row_fixed, col_fixed : float array, shape (n_rows, p), (n_cols, p)
        Z' V^-1 X.
    """

    ratio: tuple[float, float]
    criterion: float
    gradient: Floats
    information: Floats
    sigma2: float
    shrink: Floats
    inner: Floats
    coefficient: Floats
    fixed_inverse: Floats
    row_score: Floats
    col_score: Floats
    row_fixed: Floats
    col_fixed: Floats

    @classmethod
    def of(
        cls,
        profile: Profile,
        ratio: tuple[float, float],
        s: Floats,
        a: Floats,
        parts: tuple[Floats, Floats, Floats],
    ) -> Point:
        """From the scores and fixed effects seen through V1^-1 (`parts`)."""
        on_rows, on_cols, both = parts
        crossing, c = profile.crossing, ratio[1]
        system = c * a
        system.flat[:: len(a) + 1] += 1
        factor = Factor.of(system)
        inner = factor.inverse()
        cols = factor.solve(on_cols)
        rows = on_rows - c * s[:, None] * crossing.per_row(cols)
        both = both - c * (on_cols.T @ cols)
        fixed = Factor.of(both[:-1, :-1])
        coefficient = fixed.solve(both[:-1, -1])
        square = float(both[-1, -1] - both[-1, :-1] @ coefficient)
        freedom = profile.count - profile.rank
        if not square > 1e-14 * both[-1, -1]:
            raise NotEnoughData(needs="residual_variance", scores=profile.count)
        row_score = rows[:, -1] - rows[:, :-1] @ coefficient
        col_score = cols[:, -1] - cols[:, :-1] @ coefficient
        criterion = factor.log_determinant - float(np.log(s).sum()) + fixed.log_determinant
        criterion += freedom * (1 + np.log(2 * np.pi * square / freedom)) - profile.log_weight
        fixed_inverse = fixed.inverse()
        seen = (rows[:, :-1], cols[:, :-1])
        n = crossing.row_weight
        trace = np.array([float(s @ n) - c * profile.trace_of_rows(s**2, inner), np.vdot(a, inner)])
        trace -= [np.vdot(fixed_inverse, part.T @ part) for part in seen]
        squares = np.array([row_score @ row_score, col_score @ col_score])
        # Working vectors Z_i Z_i' P y, and their products in the metric of P.
        row_side = crossing.per_col(s * row_score)
        sides = np.column_stack([row_side, col_score])
        inside = inner @ sides
        products = np.empty((2, 2))
        products[0, 0] = float(n * s * row_score @ row_score) - c * float(row_side @ inside[:, 0])
        products[0, 1] = products[1, 0] = float(row_side @ inside[:, 1])
        products[1, 1] = float(a @ col_score @ inside[:, 1])
        on_fixed = np.column_stack([seen[0].T @ row_score, seen[1].T @ col_score])
        products -= on_fixed.T @ fixed_inverse @ on_fixed
        information = products / square - np.outer(squares, squares) / square**2
        return cls(
            ratio,
            float(criterion),
            trace - freedom * squares / square,
            freedom * information,
            square / freedom,
            s,
            inner,
            coefficient,
            fixed_inverse,
            row_score,
            col_score,
            *seen,
        )


def maximize(profile: Profile, start: tuple[float, float]) -> tuple[Point, int]:
    """The variance ratios of greatest restricted likelihood.

    Small tables can have more than one maximum: they are also climbed from ratios of 1.

    Returns
    -------
    point : Point
    evaluations : int

    Raises
    ------
    NotEnoughData
        The likelihood has no maximum because there is no residual variance.
    NotConverged

    Notes
    -----
    Newton steps with the average information (Gilmour, Thompson and Cullis 1995)
    on the ratios, which may be 0. A step takes a ratio to no less than a quarter,
    or to 0 if the ratio's own Newton step passes 0. Where that leads uphill, every
    ratio goes to its fixed point ``ratio * y'PZZ'Py / (sigma2 tr PZZ')``. A step
    that does not lower the criterion enough is halved.
    """
    point, evaluations = _climb(profile, start)
    if profile.crossing.n_cols > _SMALL:
        return point, evaluations
    try:
        other, more = _climb(profile, (1.0, 1.0))
    except (NotConverged, NotEnoughData):
        return point, evaluations
    better = other.criterion < point.criterion - _GOOD_ENOUGH
    return (other if better else point), evaluations + more


def _climb(profile: Profile, start: tuple[float, float]) -> tuple[Point, int]:
    point = profile.at(*start)
    for evaluations in range(1, MOST_EVALUATIONS):
        ratio = np.array(point.ratio)
        if ratio.max() > MOST_RATIO:
            raise NotEnoughData(needs="residual_variance", scores=profile.count)
        free = (ratio > 0) | (point.gradient < 0)
        newton = _newton(point, free)
        expected = -float(point.gradient @ newton)
        steepest = float(np.abs(np.where(free, point.gradient * ratio, 0)).max())
        flat = steepest < _FLAT * np.sqrt(profile.count)
        better = None
        if expected >= _PRECISION * profile.count:
            better = _better(profile, point, _within_bounds(point, ratio + newton))
        elif flat:
            return point, evaluations
        if better is None:
            better = _better(profile, point, _careful_target(point, free))
        if better is None:
            if flat and expected < _GOOD_ENOUGH:
                return point, evaluations
            break
        point = better
    raise NotConverged(what="reml", evaluations=MOST_EVALUATIONS)


def _newton(point: Point, free: Flags) -> Floats:
    """The step of the ratios that are not held at 0."""
    step = np.zeros(2)
    chosen = np.flatnonzero(free)
    if chosen.size:
        matrix = point.information[np.ix_(chosen, chosen)]
        step[chosen] = -np.linalg.lstsq(matrix, point.gradient[chosen], rcond=1e-12)[0]
    return step


def _within_bounds(point: Point, target: Floats) -> Floats:
    """The target with no ratio below a quarter of what it is, except 0 itself."""
    ratio = np.array(point.ratio)
    low = np.where(_falls_to_zero(point), 0.0, ratio / 4)
    return np.where(target < low, low, np.minimum(target, 8 * ratio + 1))


def _careful_target(point: Point, free: Flags) -> Floats:
    """Each ratio downhill by itself: to its fixed point, or to 0."""
    ratio = np.array(point.ratio)
    score = np.array([np.vdot(x, x) for x in (point.row_score, point.col_score)])
    square = score / point.sigma2
    change = np.clip(square / np.maximum(point.gradient + square, 1e-300), 0.05, 20.0)
    own = np.maximum(point.information.diagonal(), 1e-300)
    result = np.where(ratio > 0, ratio * change, np.minimum(-point.gradient / own, 1.0))
    return np.where(free, np.where(_falls_to_zero(point), 0.0, result), ratio)


def _falls_to_zero(point: Point) -> Flags:
    """Whether a ratio's own Newton step passes 0."""
    reach = np.array(point.ratio) * point.information.diagonal()
    return np.asarray((point.gradient > 0) & (reach <= point.gradient))


def _better(profile: Profile, point: Point, target: Floats) -> Point | None:
    """A point on the way to the target that lowers the criterion; None = there is none."""
    here = np.array(point.ratio)
    noise = 1e-13 * max(1.0, abs(point.criterion))
    slope = float(point.gradient @ (target - here))
    if slope >= 0 or target.min() < 0:
        return None
    for halving in range(30):
        found = profile.at(*(here + (target - here) / 2**halving).tolist())
        if found.criterion <= point.criterion + 1e-4 * slope / 2**halving + noise:
            return found
    return None


def moment_ratios(
    row: Integers, col: Integers, value: Floats, sizes: tuple[int, int]
) -> tuple[float, float]:
    """A start: variances from the spread within rows, within columns and in all.

    Notes
    -----
    Under random assignment the mean squares within rows, within columns and in
    all have the expectations c + e, r + e and r + c + e (Henderson 1953, method I).
    """
    total = float(value @ value) / max(value.size - 1, 1)
    inside = []
    for index, size in zip((row, col), sizes, strict=True):
        number = np.bincount(index, minlength=size)
        sums = group_sums(index, value, size)
        between = float(np.sum(sums**2 / np.maximum(number, 1)))
        inside.append((float(value @ value) - between) / max(value.size - size, 1))
    residual = max(inside[0] + inside[1] - total, 0.05 * total, 1e-300)
    ratios = [max(total - part, 0.02 * residual) / residual for part in inside]
    return ratios[0], ratios[1]
