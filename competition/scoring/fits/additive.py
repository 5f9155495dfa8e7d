"""Least squares of entry plus judge, with exact standard errors."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from competition.scoring.arrays import Floats, Integers, group_sums
from competition.scoring.errors import NotEnoughData
from competition.scoring.fits.elimination import Crossing, check_weights
from competition.scoring.fits.factor import inverse_of
from competition.scoring.fits.solution import Solution
from competition.scoring.graph import components
from competition.scoring.uncertainty.joint import JointNormal


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
    solution : Solution or None
        What `joint` and `predict` need; None without scores.
    """

    adjusted: Floats
    se: Floats
    severity: Floats
    severity_se: Floats
    sigma2: float
    df: int
    component: Integers
    components: int
    solution: Solution | None = field(default=None, repr=False)

    def residuals(self, judge: Integers, entry: Integers, value: Floats) -> Floats:
        """Score minus what entry and judge explain, in points, shape (n_scores,)."""
        result: Floats = value - self.adjusted[entry]
        result += self.severity[judge]
        return result

    def joint(self) -> JointNormal:
        """All entries' adjusted scores with their full covariance.

        Returns
        -------
        JointNormal, shape (n_entries,)
            Mean and own variance are NaN for entries without scores.

        Raises
        ------
        NotEnoughData
            No degrees of freedom, so no error variance.
        TooLarge
            Entries times judges would outgrow memory.

        Notes
        -----
        With the entries eliminated, ``Cov(a) = sigma2 (W^-1 + W^-1 B S+ B' W^-1)``:
        own variance ``sigma2 / n_i``, shared root ``sigma W^-1 B L`` with
        ``L L' = S+``. Between components the covariance is 0, which means
        nothing: they cannot be compared. O(n_scores n_judges + n_judges^3).

        Examples
        --------
        >>> fit = fit_additive(np.array([0, 1, 0, 1]), np.array([0, 0, 1, 1]),
        ...                    np.array([8.0, 6.0, 5.0, 4.0]), n_judges=2, n_entries=2)
        >>> bool(np.allclose(fit.joint().sd, fit.se))
        True
        """
        if self.solution is None or self.df <= 0:
            raise NotEnoughData(needs="degrees_of_freedom", df=self.df)
        own, root = self.solution.roots()
        members, count = self.solution.entries, self.adjusted.size
        shared = np.zeros((count, root.shape[1]))
        shared[members] = np.sqrt(self.sigma2) * root
        return JointNormal(self.adjusted, _spread(self.sigma2 * own, members, count), shared)

    def predict(self, judge: Integers, entry: Integers) -> tuple[Floats, Floats]:
        """The score that each judge would give each entry, with weight 1.

        Parameters
        ----------
        judge, entry : int array, shape (n_pairs,)
            -1 = one that the fit does not know.

        Returns
        -------
        mean, sd : float array, shape (n_pairs,)
            In points; NaN for an unknown judge or entry, and across components.
            `sd` holds the variance of the score and that of the estimates.

        Notes
        -----
        Entry plus judge is the same under every constraint:
        ``Var = sigma2 (1 + 1/n_i + d' S+ d)`` with ``d = b_i/n_i - e_j``.

        Examples
        --------
        >>> fit = fit_additive(np.array([0, 1, 0]), np.array([0, 0, 1]),
        ...                    np.array([8.0, 6.0, 5.0]), n_judges=2, n_entries=2)
        >>> fit.predict(np.array([1, -1]), np.array([1, 0]))[0]
        array([ 3., nan])
        """
        mean, sd = np.full(judge.size, np.nan), np.full(judge.size, np.nan)
        if self.solution is None:
            return mean, sd
        known = np.flatnonzero(self.solution.comparable(judge, entry))
        of_judge, of_entry = judge[known], entry[known]
        mean[known] = self.adjusted[of_entry] - self.severity[of_judge]
        variance = 1 + self.solution.variance_of_sum(of_judge, of_entry)
        sd[known] = np.sqrt(self.sigma2 * variance)
        return mean, sd


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
        Positive (else `BadWeight`); the error variance is ``sigma2 / weight``.

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
    check_weights(weight)
    of_judge, of_entry, count = components(judge, entry, n_judges, n_entries)
    judges, judge = only_active(of_judge, judge)
    entries, entry = only_active(of_entry, entry)
    centre = float(np.average(value, weights=weight))
    centred = value - centre
    by_entry = entries.size >= judges.size
    row, col = (entry, judge) if by_entry else (judge, entry)
    sizes = (entries.size, judges.size) if by_entry else (judges.size, entries.size)
    crossing = Crossing(row, col, weight, *sizes)
    amount = centred if weight is None else weight * centred
    total, rhs = group_sums(row, amount, sizes[0]), group_sums(col, amount, sizes[1])
    solve = _solve_for_judges if by_entry else _solve_for_entries
    effect, effect_var, judge_effect, judge_var, inverse = solve(
        crossing, total, rhs, of_judge[judges], of_entry[entries], count
    )
    centred -= effect.take(entry)
    centred -= judge_effect.take(judge)
    squares = centred @ centred if weight is None else centred @ (weight * centred)
    df = value.size - entries.size - judges.size + count
    sigma2 = float(squares) / df if df > 0 else float("nan")
    return AdditiveFit(
        adjusted=_spread(effect + centre, entries, n_entries),
        se=_spread(np.sqrt(sigma2 * np.maximum(effect_var, 0)), entries, n_entries),
        severity=_spread(-judge_effect, judges, n_judges),
        severity_se=_spread(np.sqrt(sigma2 * np.maximum(judge_var, 0)), judges, n_judges),
        sigma2=sigma2,
        df=df,
        component=of_entry,
        components=count,
        solution=Solution(crossing, inverse, by_entry, judges, entries, of_judge, of_entry),
    )


def _empty_fit(n_judges: int, n_entries: int) -> AdditiveFit:
    no_entry, no_judge = np.full(n_entries, np.nan), np.full(n_judges, np.nan)
    component = np.full(n_entries, -1)
    return AdditiveFit(
        no_entry, no_entry, no_judge, no_judge, float("nan"), 0, component, components=0
    )


def _solve_for_judges(
    crossing: Crossing,
    total: Floats,
    rhs: Floats,
    of_judge: Integers,
    of_entry: Integers,
    count: int,
) -> tuple[Floats, Floats, Floats, Floats, Floats]:
    """Entries eliminated: effects and variances (over sigma2) of entries and judges, and S+."""
    weight = crossing.row_weight
    b, inverse = _solve(crossing, rhs - crossing.per_col(total / weight), of_judge, count)
    a = (total - crossing.per_row(b)) / weight
    a_var = 1 / weight + crossing.quadratic(inverse) / weight**2
    return a, a_var, b, inverse.diagonal(), inverse


def _solve_for_entries(
    crossing: Crossing,
    total: Floats,
    rhs: Floats,
    of_judge: Integers,
    of_entry: Integers,
    count: int,
) -> tuple[Floats, Floats, Floats, Floats, Floats]:
    """Judges eliminated, the judges' mean then moved into the entries.

    With ``a0 = S+ rhs`` and ``b0_j = y_j/n_j - g_j' a0`` the constant is
    ``c = mean_j b0``, so ``a_i = (e_i - m)' a0 + mean_j(y_j/n_j)`` with
    ``m = mean_j g_j``. a0 is uncorrelated with the judges' means y_j/n_j.
    """
    weight = crossing.row_weight
    a0, inverse = _solve(crossing, rhs - crossing.per_col(total / weight), of_entry, count)
    b0 = (total - crossing.per_row(a0)) / weight
    size = np.bincount(of_judge, minlength=count)
    shift = group_sums(of_judge, b0, count) / size
    m = crossing.per_col(1 / weight) / size[of_entry]
    v = inverse @ m
    common = group_sums(of_entry, m * v, count)
    common += group_sums(of_judge, 1 / weight, count) / size**2
    a_var = inverse.diagonal() - 2 * v + common[of_entry]
    b_var = (1 - 2 / size[of_judge]) / weight + common[of_judge]
    b_var += crossing.quadratic(inverse) / weight**2
    b_var -= 2 * crossing.per_row(v) / weight
    return a0 + shift[of_entry], a_var, b0 - shift[of_judge], b_var, inverse


def _solve(
    crossing: Crossing, rhs: Floats, component: Integers, count: int
) -> tuple[Floats, Floats]:
    """Solution with sum 0 in each component, and the pseudo-inverse of the Schur complement."""
    width, col_weight = component.size, crossing.col_weight
    joined = -crossing.gram(1 / crossing.row_weight)
    joined.flat[:: width + 1] += col_weight
    size = np.bincount(component, minlength=count)
    alpha = float(col_weight.mean()) / width
    correction: Floats | float
    if count == 1:
        joined += alpha
        correction = 1 / (alpha * float(width) ** 2)
    else:
        same = component[:, None] == component[None, :]
        joined += alpha * same
        correction = same / (alpha * size[component].astype(float) ** 2)
    solution, inverse = inverse_of(joined, rhs)
    solution -= (group_sums(component, solution, count) / size)[component]
    inverse -= correction
    return solution, inverse


def only_active(component: Integers, index: Integers) -> tuple[Integers, Integers]:
    """Members with scores, and the index renumbered among them."""
    active = np.flatnonzero(component >= 0)
    if active.size == component.size:
        return active, index
    number = np.cumsum(component >= 0) - 1
    return active, number[index]


def _spread(values: Floats, members: Integers, count: int) -> Floats:
    if members.size == count:
        return values
    result = np.full(count, np.nan)
    result[members] = values
    return result
