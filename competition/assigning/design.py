"""How comparable a plan makes the scores: connection, variance of entry contrasts, its floor.

The scores follow y = entry + judge + noise. With M = sum over entries of diag(1_S) - 1_S 1_S'/k
(the information on judges that is left once entries are free) and u = 1_S / k, the difference of
two entries has variance 1/k + 1/k' + (u - u')' M^+ (u - u'), in units of the noise.

Sources: Bailey and Cameron, Using graphs to find the best block designs, arXiv 1111.3768;
Eccleston and Hedayat, On the theory of connected designs, Annals of Statistics 2 (1974).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from competition.assigning.positions import Booleans, Floats, Integers

_CHUNK = 512
_ABSENT = 1e-9
"""Eigenvalues below this part of the largest count as 0."""


@dataclass(frozen=True)
class Spread:
    """The comparability of one design.

    Attributes
    ----------
    vif : float
        Average variance of the difference of two entries, relative to judges without bias; inf
        if some cannot be compared.
    floor : float or None
    components : int
    weakest : (entry position, entry position) or None
    weakest_vif : float
    """

    vif: float
    floor: float | None
    components: int
    weakest: tuple[int, int] | None
    weakest_vif: float


def spread(chosen: Booleans) -> Spread:
    """Measure a plan.

    Parameters
    ----------
    chosen : bool array, shape (n_entries, n_judges)

    Notes
    -----
    Entries without judges and judges without entries are left out. Cost: one eigenvalue
    decomposition of n_judges x n_judges, and n_entries^2 n_judges for the weakest pair.

    Examples
    --------
    >>> triangle = np.array([[True, True, False], [False, True, True], [True, False, True]])
    >>> round(spread(triangle).vif, 4)
    1.3333
    """
    panels = chosen[chosen.any(axis=1)][:, chosen.any(axis=0)].astype(np.float64)
    rows = np.flatnonzero(chosen.any(axis=1))
    labels, count = component_labels(chosen)
    sizes = panels.sum(axis=1)
    floor = vif_floor(sizes, panels.shape[1])
    if rows.size < 2:
        return Spread(1.0, 1.0, count, None, 1.0)
    if count > 1:
        first = int(rows[0])
        other = int(np.flatnonzero((labels >= 0) & (labels != labels[first]))[0])
        return Spread(np.inf, floor, count, (first, other), np.inf)
    inverse = _pseudo_inverse(information(panels))
    shares = panels / sizes[:, None]
    vif = 1 + _trace(inverse, shares) / ((rows.size - 1) * float(np.mean(1 / sizes)))
    weakest, variance = _weakest(inverse, shares, sizes)
    return Spread(vif, floor, 1, (int(rows[weakest[0]]), int(rows[weakest[1]])), variance)


def information(panels: Floats) -> Floats:
    """M, the information on judges once entries are free, shape (n_judges, n_judges)."""
    sizes = np.maximum(panels.sum(axis=1), 1.0)
    return np.asarray(np.diag(panels.sum(axis=0)) - panels.T @ (panels / sizes[:, None]))


def vif_floor(sizes: Floats, n_judges: int) -> float | None:
    """No design with panels of these sizes by so many judges has a smaller VIF.

    For panels of one size k: 1 + (J-1)/(P-1) ((J-1) k / (J (k-1)) - 1), whatever the loads, as
    the normalized information has trace J (k-1)/k and the sum of inverse eigenvalues is least
    when they are equal. For several sizes the largest one bounds both steps.

    >>> round(vif_floor(np.full(300, 3.0), 40), 4)
    1.0603
    """
    n_entries, k = sizes.size, float(sizes.max(initial=0.0))
    if n_entries < 2 or n_judges < 2:
        return 1.0
    if k <= 1:
        return None
    inverse_sum = (n_judges - 1) ** 2 * k / (n_judges * (k - 1))
    between = n_entries - 1
    excess = (inverse_sum - (n_judges - 1)) / (k * between * float(np.mean(1 / sizes)))
    return 1 + max(0.0, excess)


def component_labels(chosen: Booleans) -> tuple[Integers, int]:
    """The part of the graph that each entry belongs to, and how many there are.

    Parameters
    ----------
    chosen : bool array, shape (n_entries, n_judges)

    Returns
    -------
    labels : int array, shape (n_entries,)
        From 0 in the order of the entries; -1 for an entry without judges.
    count : int
    """
    entry, judge = np.nonzero(chosen)
    label = np.arange(chosen.shape[0])
    while True:
        of_judge = np.full(chosen.shape[1], chosen.shape[0])
        np.minimum.at(of_judge, judge, label[entry])
        lower = label.copy()
        np.minimum.at(lower, entry, of_judge[judge])
        lower = lower[lower]
        if np.array_equal(lower, label):
            break
        label = lower
    judged = chosen.any(axis=1)
    roots, numbered = np.unique(label[judged], return_inverse=True)
    labels = np.full(chosen.shape[0], -1, dtype=np.int64)
    labels[judged] = numbered
    return labels, int(roots.size)


def _pseudo_inverse(matrix: Floats) -> Floats:
    values, vectors = np.linalg.eigh(matrix)
    used = values > _ABSENT * max(float(values[-1]), 1.0)
    return np.asarray((vectors[:, used] / values[used]) @ vectors[:, used].T)


def _trace(inverse: Floats, shares: Floats) -> float:
    """tr(M^+ K), K the scatter of the panels' shares about their mean."""
    total = shares.sum(axis=0)
    within = float(np.sum((shares @ inverse) * shares))
    return within - float(total @ inverse @ total) / int(shares.shape[0])


def _weakest(inverse: Floats, shares: Floats, sizes: Floats) -> tuple[tuple[int, int], float]:
    """The pair of entries with the largest variance ratio; the first of equals."""
    bent = shares @ inverse
    own = np.sum(bent * shares, axis=1)
    best, pair = -1.0, (0, 1)
    for start in range(0, sizes.size, _CHUNK):
        block = slice(start, start + _CHUNK)
        ideal = 1 / sizes[block, None] + 1 / sizes
        ratio = 1 + (own[block, None] + own - 2 * bent[block] @ shares.T) / ideal
        ratio[np.arange(ratio.shape[0]), np.arange(ratio.shape[0]) + start] = -1.0
        top = float(ratio.max())
        if top > best + _ABSENT:
            place = int(np.argmax(ratio > top - _ABSENT))
            best = top
            pair = (start + place // sizes.size, place % sizes.size)
    return (min(pair), max(pair)), best
