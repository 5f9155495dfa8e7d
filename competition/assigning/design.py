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

_CHUNK = 256
_EQUAL = 1e-9
"""Variance ratios that differ less are equal."""


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
    Entries without judges and judges without entries are left out. Cost: one inverse of
    n_judges x n_judges, and n_entries^2 k for the weakest pair.

    Examples
    --------
    >>> triangle = np.array([[True, True, False], [False, True, True], [True, False, True]])
    >>> round(spread(triangle).vif, 4)
    1.3333
    """
    rows = np.flatnonzero(chosen.any(axis=1))
    panels = Panels(chosen[rows][:, chosen.any(axis=0)])
    labels, count = component_labels(chosen)
    floor = vif_floor(panels.sizes, panels.n_judges)
    if rows.size < 2:
        return Spread(1.0, floor, count, None, 1.0)
    if count > 1:
        first = int(rows[0])
        other = int(np.flatnonzero((labels >= 0) & (labels != labels[first]))[0])
        return Spread(np.inf, floor, count, (first, other), np.inf)
    bent = panels.mean_rows(panels.covariance())
    own = panels.mean_columns(bent, paired=True)
    vif = 1 + panels.scatter(bent, own) / ((rows.size - 1) * float(np.mean(1 / panels.sizes)))
    weakest, variance = panels.weakest(bent, own)
    return Spread(vif, floor, 1, (int(rows[weakest[0]]), int(rows[weakest[1]])), variance)


class Panels:
    """Each entry's judges as a row of positions, which is far smaller than the whole matrix.

    Attributes
    ----------
    members : int array, shape (n_entries, largest panel)
        Judges; smaller panels are filled up with `n_judges`, which stands for nobody.
    sizes : float array, shape (n_entries,)
    """

    def __init__(self, chosen: Booleans) -> None:
        self.n_judges = chosen.shape[1]
        size = chosen.sum(axis=1)
        self.sizes = size.astype(np.float64)
        entry, judge = np.nonzero(chosen)
        seat = np.arange(entry.size) - (np.cumsum(size) - size)[entry]
        self.members = np.full((size.size, int(size.max(initial=0))), self.n_judges)
        self.members[entry, seat] = judge

    def covariance(self) -> Floats:
        """(M + 11'/n)^-1, which serves as M^+ where the shares sum to nothing, with nobody's 0."""
        n = self.n_judges
        met = np.zeros((n + 1, n + 1))
        for one in self.members.T:
            np.add.at(met, (one, one), 1.0)
            for other in self.members.T:
                np.subtract.at(met, (one, other), 1 / self.sizes)
        whole = np.zeros((n + 1, n + 1))
        whole[:n, :n] = np.linalg.inv(met[:n, :n] + 1 / n)
        return whole

    def mean_rows(self, matrix: Floats) -> Floats:
        """The mean of the members' rows, shape (n_entries, n_judges + 1)."""
        total = matrix[self.members[:, 0]]
        for one in self.members.T[1:]:
            total += matrix[one]
        return np.asarray(total / self.sizes[:, np.newaxis])

    def mean_columns(self, matrix: Floats, *, paired: bool = False) -> Floats:
        """The mean of the members' columns; paired: only each row's own panel."""
        rows = np.arange(len(matrix)) if paired else slice(None)
        total = sum(matrix[rows, one] for one in self.members.T)
        return np.asarray(total / self.sizes)

    def scatter(self, bent: Floats, own: Floats) -> float:
        """tr(M^+ K), K the scatter of the panels' shares about their mean."""
        between = self.mean_columns(bent.mean(axis=0)[np.newaxis])
        return float(own.sum() - between.sum())

    def weakest(self, bent: Floats, own: Floats) -> tuple[tuple[int, int], float]:
        """The pair of entries with the largest variance ratio; the first of equals."""
        best, pair = -1.0, (0, 1)
        for start in range(0, own.size, _CHUNK):
            block = slice(start, start + _CHUNK)
            ideal = 1 / self.sizes[block, np.newaxis] + 1 / self.sizes
            cross = self.mean_columns(bent[block])
            ratio = 1 + (own[block, np.newaxis] + own - 2 * cross) / ideal
            place = np.arange(len(ratio))
            ratio[place, place + start] = -1.0
            top = float(ratio.max())
            if top > best + _EQUAL:
                first = int(np.argmax(ratio > top - _EQUAL))
                best, pair = top, (start + first // own.size, first % own.size)
        return (min(pair), max(pair)), best


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
