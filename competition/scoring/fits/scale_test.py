"""Do judges spread their marks differently? The F test of one slope per judge."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from competition.scoring.arrays import Floats, Integers
from competition.scoring.fits.additive import AdditiveFit


@dataclass(frozen=True)
class ScaleTest:
    """Test of the hypothesis that all judges use the scale equally widely.

    Attributes
    ----------
    statistic : float
        F.
    df : (int, int)
        Degrees of freedom of slopes and of what they leave.
    p : float
        Probability of so large a statistic if the hypothesis holds.
    """

    statistic: float
    df: tuple[int, int]
    p: float


def scale_test(
    judge: Integers,
    entry: Integers,
    value: Floats,
    fit: AdditiveFit,
    weight: Floats | None = None,
) -> ScaleTest | None:
    """F test of judges' slopes on the entries' least-squares scores.

    Parameters
    ----------
    judge, entry : int array, shape (n_scores,)
    value : float array, shape (n_scores,)
    fit : AdditiveFit
        Of these scores.
    weight : float array, shape (n_scores,), optional

    Returns
    -------
    ScaleTest or None
        None where too few scores are left over, or nothing varies.

    Notes
    -----
    ``s_ij = a_i + b_j + d_j a_i + e`` with the fitted a in the product. Since fitted values
    and residuals of least squares are independent, F is exact for normal errors of equal
    variance. The sum of squares of d is ``c' C+ c`` with ``c_j = sum_i x_i r_ij`` (x the
    centred scores, r the residuals) and C the products ``x_i [j]`` left over after entries
    and judges: ``C = G_2 - G_1 S+ G_1``, ``G_k = diag(B' x^k) - B' diag(x^k / n) B``,
    ``S = G_0``. O(n_scores + sum n_i^2 + n_judges^3).

    Source: J. Mandel, Journal of the American Statistical Association 56, 1961 (a bundle of
    straight lines); G. A. Milliken and F. A. Graybill, the same 65, 1970 (exactness).

    Examples
    --------
    >>> from competition.scoring.fits.additive import fit_additive
    >>> judge, entry = np.tile(np.arange(3), 8), np.repeat(np.arange(8), 3)
    >>> wide = np.array([0.5, 1.0, 1.5])[judge] * entry + np.sin(np.arange(24)) / 5
    >>> test = scale_test(judge, entry, wide, fit_additive(judge, entry, wide, 3, 8))
    >>> test.df, bool(test.p < 1e-6)
    ((2, 12), True)
    """
    from scipy.special import fdtrc

    judges = np.flatnonzero(np.isfinite(fit.severity))
    entries = np.flatnonzero(fit.component >= 0)
    if fit.df < 2 or judges.size < 2:
        return None
    weight = np.ones(value.size) if weight is None else weight
    table = _table(judge, entry, weight, judges, entries)
    mass = np.asarray(table.sum(axis=1))
    x = fit.adjusted[entries]
    x = x - _centre(x, fit.component[entries])
    residual = value - fit.adjusted[entry] + fit.severity[judge]
    place = np.searchsorted(judges, judge)
    product = np.bincount(
        place, weight * residual * x[np.searchsorted(entries, entry)], judges.size
    )
    plain, once, twice = (left_over(table, mass, x**power) for power in range(3))
    of_judge = np.zeros(judges.size, dtype=np.int64)
    of_judge[place] = fit.component[entry]
    inner = twice - once @ pseudo_inverse(plain, of_judge) @ once
    values, vectors = np.linalg.eigh(inner)
    used = values > 1e-9 * max(float(np.abs(twice).max()), 1e-300)
    df = (int(used.sum()), fit.df - int(used.sum()))
    if df[0] == 0 or df[1] <= 0:
        return None
    slopes = float(np.sum((vectors[:, used].T @ product) ** 2 / values[used]))
    rest = float(np.sum(weight * residual**2)) - slopes
    if rest <= 1e-12 * slopes:
        return ScaleTest(float("inf"), df, 0.0) if slopes > 0 else None
    statistic = slopes / df[0] / (rest / df[1])
    return ScaleTest(statistic, df, float(fdtrc(*df, statistic)))


def _table(
    judge: Integers, entry: Integers, weight: Floats, judges: Integers, entries: Integers
) -> Any:
    from scipy.sparse import csr_array

    places = (np.searchsorted(entries, entry), np.searchsorted(judges, judge))
    return csr_array((weight, places), shape=(entries.size, judges.size))


def _centre(values: Floats, component: Integers) -> Floats:
    """Mean of each value's component."""
    mean = np.bincount(component, values) / np.bincount(component)
    return np.asarray(mean[component])


def left_over(table: Any, mass: Floats, factor: Floats) -> Floats:
    """diag(B' f) - B' diag(f / n) B, shape (n_judges, n_judges), of a sparse table B."""
    scaled = table.multiply((factor / mass)[:, None]).tocsr()
    product: Floats = -(table.T @ scaled).toarray()
    product.flat[:: len(product) + 1] += table.T @ factor
    return product


def pseudo_inverse(schur: Floats, component: Integers) -> Floats:
    """S+ of a matrix whose null space are the constants of each component.

    Notes
    -----
    ``(S + alpha 1 1')^-1 - 1 1' / (alpha J^2)``, component by component; see `fit_additive`.

    Examples
    --------
    >>> schur = np.array([[1.0, -1.0], [-1.0, 1.0]])
    >>> np.round(pseudo_inverse(schur, np.array([0, 0])), 12)
    array([[ 0.25, -0.25],
           [-0.25,  0.25]])
    """
    same = (component[:, None] == component[None, :]).astype(np.float64)
    alpha = float(schur.diagonal().mean()) / component.size
    inverse: Floats = np.linalg.inv(schur + alpha * same)
    inverse -= same / (alpha * np.bincount(component)[component].astype(float) ** 2)
    return inverse
