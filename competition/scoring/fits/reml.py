"""The restricted likelihood of crossed random effects, and its maximum by Newton steps."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from competition.scoring.arrays import Floats, Integers, group_sums
from competition.scoring.errors import NotConverged, NotEnoughData
from competition.scoring.fits.elimination import Crossing
from competition.scoring.fits.factor import Factor

MOST_EVALUATIONS = 200
MOST_RATIO = 1e9
"""A variance ratio beyond this says that there is no residual variance."""

_MOST_CLASSES = 6
_PRECISION = 1e-15
"""Newton stops when the criterion can fall by no more than this."""


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
    on the ratios, which may be 0. A step that would change a ratio more than
    fourfold is replaced by the fixed point ``ratio * y'PZZ'Py / (sigma2 tr PZZ')``;
    a step below 0 is taken to 0. A step that raises the criterion is halved.
    """
    point = profile.at(*start)
    for evaluations in range(1, MOST_EVALUATIONS):
        ratio = np.array(point.ratio)
        if ratio.max() > MOST_RATIO:
            raise NotEnoughData(needs="residual_variance", scores=profile.count)
        free = (ratio > 0) | (point.gradient < 0)
        newton = _newton(point, free)
        if -float(point.gradient @ newton) < _PRECISION * max(1, profile.count):
            return point, evaluations
        target = _target(point, newton, free)
        point, better = _better(profile, point, target)
        if not better:
            return point, evaluations
    raise NotConverged(what="reml", evaluations=MOST_EVALUATIONS)


def _newton(point: Point, free: npt.NDArray[np.bool_]) -> Floats:
    """The step of the ratios that are not held at 0."""
    step = np.zeros(2)
    chosen = np.flatnonzero(free)
    if chosen.size:
        matrix = point.information[np.ix_(chosen, chosen)]
        step[chosen] = -np.linalg.lstsq(matrix, point.gradient[chosen], rcond=1e-12)[0]
    return step


def _target(point: Point, newton: Floats, free: npt.NDArray[np.bool_]) -> Floats:
    """Where to go: the Newton step within bounds, else the fixed point or 0."""
    ratio = np.array(point.ratio)
    target = ratio + newton
    scores = (point.row_score, point.col_score)
    for k in np.flatnonzero(free & (ratio > 0)).tolist():
        if ratio[k] / 4 <= target[k] <= 4 * ratio[k]:
            continue
        if target[k] <= 0:
            target[k] = 0.0
            continue
        square = float(scores[k] @ scores[k]) / point.sigma2
        trace = point.gradient[k] + square
        target[k] = ratio[k] * min(max(square / max(trace, 1e-300), 0.05), 20.0)
    return np.maximum(target, 0)


def _better(profile: Profile, point: Point, target: Floats) -> tuple[Point, bool]:
    """A point between here and the target that is no worse; False = there is none."""
    here = np.array(point.ratio)
    noise = 1e-13 * max(1.0, abs(point.criterion))
    for _ in range(40):
        found = profile.at(float(target[0]), float(target[1]))
        if found.criterion <= point.criterion + noise:
            return found, True
        target = (here + target) / 2
    return point, False


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
