"""The restricted likelihood of crossed random effects at given variance ratios."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from competition.scoring.arrays import Floats, Integers
from competition.scoring.errors import NotEnoughData
from competition.scoring.fits.elimination import Crossing
from competition.scoring.fits.factor import Factor

_MOST_CLASSES = 6
"""Sets of rows of equal weight whose products are worth keeping."""


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
        c = ratio[1]
        system = c * a
        system.flat[:: len(a) + 1] += 1
        factor = Factor.of(system)
        cols = factor.solve(on_cols)
        rows = on_rows - c * s[:, None] * profile.crossing.per_row(cols)
        both = both - c * (on_cols.T @ cols)
        fixed = Factor.of(both[:-1, :-1])
        coefficient = fixed.solve(both[:-1, -1])
        square = float(both[-1, -1] - both[-1, :-1] @ coefficient)
        freedom = profile.count - profile.rank
        if not square > 1e-14 * both[-1, -1]:
            raise NotEnoughData(needs="residual_variance", scores=profile.count)
        criterion = factor.log_determinant - float(np.log(s).sum()) + fixed.log_determinant
        criterion += freedom * (1 + np.log(2 * np.pi * square / freedom)) - profile.log_weight
        seen = _Seen(
            rows[:, -1] - rows[:, :-1] @ coefficient,
            cols[:, -1] - cols[:, :-1] @ coefficient,
            rows[:, :-1],
            cols[:, :-1],
        )
        inner, fixed_inverse = factor.inverse(), fixed.inverse()
        trace, products = _derivatives(profile, (c, s, a, inner), seen, fixed_inverse)
        squares = np.array([np.vdot(x, x) for x in (seen.row_score, seen.col_score)]) / square
        return cls(
            ratio,
            float(criterion),
            trace - freedom * squares,
            freedom * (products / square - np.outer(squares, squares)),
            square / freedom,
            s,
            inner,
            coefficient,
            fixed_inverse,
            seen.row_score,
            seen.col_score,
            seen.row_fixed,
            seen.col_fixed,
        )


@dataclass(frozen=True, eq=False)
class _Seen:
    """Scores (without the fixed effects) and fixed effects as rows and columns see them."""

    row_score: Floats
    col_score: Floats
    row_fixed: Floats
    col_fixed: Floats


def _derivatives(
    profile: Profile,
    parts: tuple[float, Floats, Floats, Floats],
    seen: _Seen,
    fixed_inverse: Floats,
) -> tuple[Floats, Floats]:
    """Traces of P Z_i Z_i', and products y' P Z_i Z_i' P Z_j Z_j' P y.

    The products are those of the working vectors ``Z_i Z_i' P y`` in the metric of P.
    """
    (c, s, a, inner), n = parts, profile.crossing.row_weight
    of_rows = float(s @ n) - c * profile.trace_of_rows(s**2, inner)
    trace = np.array([of_rows, float(np.vdot(a, inner))])
    trace -= [np.vdot(fixed_inverse, x.T @ x) for x in (seen.row_fixed, seen.col_fixed)]
    row_side = profile.crossing.per_col(s * seen.row_score)
    inside = inner @ np.column_stack([row_side, seen.col_score])
    products = np.empty((2, 2))
    products[0, 0] = float(n * s * seen.row_score @ seen.row_score)
    products[0, 0] -= c * float(row_side @ inside[:, 0])
    products[0, 1] = products[1, 0] = float(row_side @ inside[:, 1])
    products[1, 1] = float(a @ seen.col_score @ inside[:, 1])
    sides = [seen.row_fixed.T @ seen.row_score, seen.col_fixed.T @ seen.col_score]
    on_fixed = np.column_stack(sides)
    products -= on_fixed.T @ fixed_inverse @ on_fixed
    return trace, products
