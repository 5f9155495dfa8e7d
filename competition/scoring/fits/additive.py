"""Least squares of entry plus judge, with exact standard errors."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from competition.scoring.arrays import Floats, Integers, group_sums
from competition.scoring.graph import components

_CHUNK = 4_000_000
"""Numbers gathered at once; bounds the memory of the standard errors."""


@dataclass(frozen=True, eq=False)
class AdditiveFit:
    """A least-squares fit of judges and entries.

    Attributes
    ----------
    adjusted, se : float array, shape (n_entries,)
        Score and standard error of each entry, in points of the scale; NaN
        without scores. `se` is NaN when there are no degrees of freedom.
    severity, severity_se : float array, shape (n_judges,)
        In points, positive = harsher; sum 0 within each component.
    sigma2 : float
        Error variance per unit weight; NaN when df is 0.
    df : int
        Scores - entries - judges + components.
    component : int array, shape (n_entries,)
    components : int
    """

    adjusted: Floats
    se: Floats
    severity: Floats
    severity_se: Floats
    sigma2: float
    df: int
    component: Integers
    components: int


@dataclass(frozen=True, eq=False)
class _Facet:
    """The scores seen from one side: `row` is eliminated, `col` is solved for."""

    row: Integers
    col: Integers
    weight: Floats
    row_weight: Floats
    col_weight: Floats

    def per_row(self, of_col: Floats) -> Floats:
        """Sum of weight times a column quantity, row by row: B x."""
        return group_sums(self.row, self.weight * of_col[self.col], len(self.row_weight))

    def per_col(self, of_row: Floats) -> Floats:
        """Sum of weight times a row quantity, column by column: B' x."""
        return group_sums(self.col, self.weight * of_row[self.row], len(self.col_weight))

    def lines(self) -> Iterator[tuple[Integers, Integers, Floats]]:
        """Rows with the same number of scores: their positions, columns and weights."""
        order, size = self._order, np.bincount(self.row, minlength=len(self.row_weight))
        start = np.cumsum(size) - size
        for k in np.unique(size).tolist():
            rows = np.flatnonzero(size == k)
            at_once = max(1, _CHUNK // max(k * k, self._dense_width(k)))
            for first in range(0, rows.size, at_once):
                some = rows[first : first + at_once]
                place = start[some][:, None] + np.arange(k)
                place = place if order is None else order[place]
                yield some, self.col[place], self.weight[place]

    @cached_property
    def _order(self) -> Integers | None:
        """Positions of the scores row by row; None = they lie so already."""
        if bool((self.row[1:] >= self.row[:-1]).all()):
            return None
        return np.argsort(self.row, kind="stable")

    def _dense_width(self, k: int) -> int:
        return len(self.col_weight) if self.is_dense(k) else 0

    def is_dense(self, k: int) -> bool:
        """Whether matrix products beat gathers for rows of k scores."""
        return k * 10 > len(self.col_weight)

    def dense(self, columns: Integers, weight: Floats) -> Floats:
        table = np.zeros((len(columns), len(self.col_weight)))
        np.put_along_axis(table, columns, weight, axis=1)
        return table

    def schur_complement(self) -> Floats:
        """diag(n_col) - B' diag(1/n_row) B, shape (n_cols, n_cols)."""
        width = len(self.col_weight)
        product = np.zeros((width, width))
        for rows, columns, weight in self.lines():
            share = weight / self.row_weight[rows][:, None]
            if self.is_dense(columns.shape[1]):
                product += self.dense(columns, weight).T @ self.dense(columns, share)
                continue
            first, second = np.triu_indices(columns.shape[1], 1)
            code = columns[:, first] * width + columns[:, second]
            amount = weight[:, first] * share[:, second]
            half = np.bincount(code.ravel(), amount.ravel(), width * width)
            half = half.reshape(width, width)
            product += half + half.T
            product.flat[:: width + 1] += np.bincount(
                columns.ravel(), (weight * share).ravel(), width
            )
        product = -product
        product.flat[:: width + 1] += self.col_weight
        return product

    def quadratic(self, matrix: Floats) -> Floats:
        """b' M b for each row's weights b and a symmetric M, shape (n_rows,)."""
        result = np.zeros(len(self.row_weight))
        for rows, columns, weight in self.lines():
            if self.is_dense(columns.shape[1]):
                table = self.dense(columns, weight)
                result[rows] = np.einsum("ij,ij->i", table @ matrix, table)
                continue
            total = np.zeros(rows.size)
            for a in range(columns.shape[1]):
                total += weight[:, a] ** 2 * matrix[columns[:, a], columns[:, a]]
                for b in range(a):
                    cell = matrix[columns[:, a], columns[:, b]]
                    total += 2 * weight[:, a] * weight[:, b] * cell
            result[rows] = total
        return result


def fit_additive(
    judge: Integers,
    entry: Integers,
    value: Floats,
    n_judges: int,
    n_entries: int,
    weight: Floats | None = None,
) -> AdditiveFit:
    """Fit ``value = entry + judge + error`` by (weighted) least squares.

    Parameters
    ----------
    judge, entry : int array, shape (n_scores,)
    value : float array, shape (n_scores,)
        In points of the scale.
    n_judges, n_entries : int
        Members without a score get NaN.
    weight : float array, shape (n_scores,), optional
        Positive; the error variance is ``sigma2 / weight``.

    Returns
    -------
    AdditiveFit

    Notes
    -----
    Identification: the judges' effects sum to 0 with equal weight per judge,
    within each connected component; scores of different components cannot be
    compared. Severity is minus the judge's effect.

    The facet with more members is eliminated. With B the weights of rows
    (eliminated) and columns, ``S = diag(n_col) - B' diag(1/n_row) B`` has the
    constants of each component as its null space, so ``S + alpha 1 1'`` is
    factored by Cholesky and ``S+ = (S + alpha 1 1')^-1 - 1 1' / (alpha J^2)``.
    For entries eliminated, ``Var(a_i) = sigma2 (1/n_i + b_i' S+ b_i / n_i^2)``,
    which needs only n_i^2 cells of S+; for judges eliminated the constant is
    carried along (see `_solve_for_entries`).

    Cost: O(n_scores + sum n_row^2 + n_col^3), memory O(n_scores + n_col^2).

    Source: R. A. Fisher, The Design of Experiments, 1935 (incomplete blocks);
    S. R. Searle, Linear Models, 1971, chapter 7.

    Examples
    --------
    Judge 1 gives two points less than judge 0; all agree otherwise.

    >>> fit = fit_additive(np.array([0, 1, 0, 1]), np.array([0, 0, 1, 1]),
    ...                    np.array([8.0, 6.0, 5.0, 3.0]), n_judges=2, n_entries=2)
    >>> fit.adjusted, fit.severity, fit.df
    (array([7., 4.]), array([-1.,  1.]), 1)
    """
    if not value.size:
        return _empty_fit(n_judges, n_entries)
    weight = np.ones(value.size) if weight is None else weight
    of_judge, of_entry, count = components(judge, entry, n_judges, n_entries)
    judges, judge = _only_active(of_judge, judge)
    entries, entry = _only_active(of_entry, entry)
    centre = float(np.average(value, weights=weight))
    solve = _solve_for_judges if entries.size >= judges.size else _solve_for_entries
    effect, effect_var, judge_effect, judge_var = solve(
        judge, entry, value - centre, weight, of_judge[judges], of_entry[entries], count
    )
    residual = value - centre - effect[entry] - judge_effect[judge]
    df = value.size - entries.size - judges.size + count
    sigma2 = float(np.sum(weight * residual**2) / df) if df > 0 else float("nan")
    return AdditiveFit(
        adjusted=_spread(effect + centre, entries, n_entries),
        se=_spread(np.sqrt(sigma2 * np.maximum(effect_var, 0)), entries, n_entries),
        severity=_spread(-judge_effect, judges, n_judges),
        severity_se=_spread(np.sqrt(sigma2 * np.maximum(judge_var, 0)), judges, n_judges),
        sigma2=sigma2,
        df=df,
        component=of_entry,
        components=count,
    )


def _empty_fit(n_judges: int, n_entries: int) -> AdditiveFit:
    no_entry, no_judge = np.full(n_entries, np.nan), np.full(n_judges, np.nan)
    component = np.full(n_entries, -1)
    return AdditiveFit(
        no_entry, no_entry, no_judge, no_judge, float("nan"), 0, component, components=0
    )


def _solve_for_judges(
    judge: Integers,
    entry: Integers,
    value: Floats,
    weight: Floats,
    of_judge: Integers,
    of_entry: Integers,
    count: int,
) -> tuple[Floats, Floats, Floats, Floats]:
    """Entries eliminated: effects and variances (over sigma2) of entries and judges."""
    facet = _facet(entry, judge, weight, of_entry.size, of_judge.size)
    total = group_sums(entry, weight * value, of_entry.size)
    rhs = group_sums(judge, weight * value, of_judge.size)
    rhs -= facet.per_col(total / facet.row_weight)
    b, inverse = _solve(facet, rhs, of_judge, count)
    a = (total - facet.per_row(b)) / facet.row_weight
    a_var = 1 / facet.row_weight + facet.quadratic(inverse) / facet.row_weight**2
    return a, a_var, b, inverse.diagonal()


def _solve_for_entries(
    judge: Integers,
    entry: Integers,
    value: Floats,
    weight: Floats,
    of_judge: Integers,
    of_entry: Integers,
    count: int,
) -> tuple[Floats, Floats, Floats, Floats]:
    """Judges eliminated, the judges' mean then moved into the entries.

    With ``a0 = S+ rhs`` and ``b0_j = y_j/n_j - g_j' a0`` the constant is
    ``c = mean_j b0``, so ``a_i = (e_i - m)' a0 + mean_j(y_j/n_j)`` with
    ``m = mean_j g_j``. a0 is uncorrelated with the judges' means y_j/n_j.
    """
    facet = _facet(judge, entry, weight, of_judge.size, of_entry.size)
    total = group_sums(judge, weight * value, of_judge.size)
    rhs = group_sums(entry, weight * value, of_entry.size)
    rhs -= facet.per_col(total / facet.row_weight)
    a0, inverse = _solve(facet, rhs, of_entry, count)
    b0 = (total - facet.per_row(a0)) / facet.row_weight
    size = np.bincount(of_judge, minlength=count)
    shift = group_sums(of_judge, b0, count) / size
    m = facet.per_col(1 / facet.row_weight) / size[of_entry]
    v = inverse @ m
    common = group_sums(of_entry, m * v, count)
    common += group_sums(of_judge, 1 / facet.row_weight, count) / size**2
    a_var = inverse.diagonal() - 2 * v + common[of_entry]
    b_var = (1 - 2 / size[of_judge]) / facet.row_weight + common[of_judge]
    b_var += facet.quadratic(inverse) / facet.row_weight**2
    b_var -= 2 * facet.per_row(v) / facet.row_weight
    return a0 + shift[of_entry], a_var, b0 - shift[of_judge], b_var


def _facet(row: Integers, col: Integers, weight: Floats, n_row: int, n_col: int) -> _Facet:
    return _Facet(row, col, weight, group_sums(row, weight, n_row), group_sums(col, weight, n_col))


def _solve(facet: _Facet, rhs: Floats, component: Integers, count: int) -> tuple[Floats, Floats]:
    """Solution with sum 0 in each component, and the pseudo-inverse of the Schur complement."""
    schur = facet.schur_complement()
    size = np.bincount(component, minlength=count)
    alpha = float(facet.col_weight.mean()) / component.size
    if count == 1:
        joined = schur + alpha
        correction: Floats | float = 1 / (alpha * float(size[0]) ** 2)
    else:
        same = component[:, None] == component[None, :]
        joined = schur + alpha * same
        correction = same / (alpha * size[component].astype(float) ** 2)
    factor_inverse = np.linalg.inv(np.linalg.cholesky(joined))
    inverse = factor_inverse.T @ factor_inverse
    solution = inverse @ rhs
    solution += inverse @ (rhs - joined @ solution)
    solution -= (group_sums(component, solution, count) / size)[component]
    return solution, inverse - correction


def _only_active(component: Integers, index: Integers) -> tuple[Integers, Integers]:
    """Members with scores, and the index renumbered among them."""
    active = np.flatnonzero(component >= 0)
    if active.size == component.size:
        return active, index
    number = np.cumsum(component >= 0) - 1
    return active, number[index]


def _spread(values: Floats, members: Integers, count: int) -> Floats:
    result = np.full(count, np.nan)
    result[members] = values
    return result
