"""How firmly the judges' common entries tie all scores together, and who holds the ties."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from competition.scoring.arrays import Flags, Floats, Integers
from competition.scoring.fits.additive import AdditiveFit, only_active
from competition.scoring.fits.elimination import Crossing
from competition.scoring.fits.solution import Solution
from competition.scoring.graph import components

WEAK = 0.05
"""Normalized connectivity below which comparisons across panels hang by few scores."""

_DENSE = 300
"""Members of the smaller facet up to which all eigenvalues are reduced at once."""

_MOST_WRITTEN = 5000
"""Members up to which the matrix of shares is written out."""


@dataclass(frozen=True, eq=False)
class Connectivity:
    """What the design says about comparability, whatever the scores are.

    Attributes
    ----------
    components : int
        Parts of the graph of judges and entries that share no score.
    normalized : float
        Second smallest eigenvalue of the judges' normalized Schur complement:
        1 = complete, 0 = disconnected; NaN with fewer than two judges.
    bridge_judges : bool array, shape (n_judges,)
        Judges without whose scores the others fall apart into more components.
    bridge_entries : bool array, shape (n_entries,)
    """

    components: int
    normalized: float
    bridge_judges: Flags
    bridge_entries: Flags

    @property
    def is_weak(self) -> bool:
        """Whether the graph is connected, but barely so."""
        return 0 < self.normalized < WEAK


def connectivity(
    judge: Integers,
    entry: Integers,
    n_judges: int,
    n_entries: int,
    weight: Floats | None = None,
    solution: Solution | None = None,
) -> Connectivity:
    """Measure how firmly a design is connected.

    Parameters
    ----------
    judge, entry : int array, shape (n_scores,)
    n_judges, n_entries : int
    weight : float array, shape (n_scores,), optional
        Positive.
    solution : Solution, optional
        Of an additive fit to the same scores and weights: saves work.

    Notes
    -----
    With B the weights of entries (rows, sums W) and judges (columns, sums N), the
    judges' Schur complement is ``S = N - B' W^-1 B`` and the normalized
    connectivity the second smallest eigenvalue of ``N^-1/2 S N^-1/2``: the smallest
    canonical efficiency factor of the design, 1 minus the squared second canonical
    correlation of judges and entries. It is the same for judges and entries, so the
    smaller facet is used. An estimable contrast of judges costs at most
    1 / normalized times the variance that it has in a complete design.

    Dense up to 300 members, O(n_scores + n^3); beyond by Lanczos steps, O(n^2) each.
    Bridges: none where the numbers alone exclude them (see `_strength`), else by a
    search in depth, O(n_scores log n_scores).

    Source: A. T. James and G. N. Wilkinson 1971, Biometrika 58, 279; J. A. Eccleston
    and A. Hedayat 1974, Annals of Statistics 2, 1238 (connectedness); F. R. K. Chung,
    Spectral Graph Theory, 1997, section 1.2.

    Examples
    --------
    Two judges share one of three entries.

    >>> found = connectivity(np.array([0, 0, 1, 1]), np.array([0, 1, 1, 2]), 2, 3)
    >>> round(found.normalized, 9), found.bridge_entries, found.is_weak
    (0.5, array([False,  True, False]), False)
    """
    if solution is None:
        of_judge, of_entry, count = components(judge, entry, n_judges, n_entries)
        crossing, judges, entries = _crossing(judge, entry, of_judge, of_entry, weight)
    else:
        of_judge, of_entry, crossing = solution.of_judge, solution.of_entry, solution.crossing
        judges, entries = solution.judges, solution.entries
        count = int(of_judge.max(initial=-1)) + 1
    normalized, surely_whole = _strength(crossing, judges.size, entries.size, count)
    if surely_whole:
        bridges = np.zeros(n_entries + n_judges, dtype=bool)
    else:
        bridges = _bridges(judge, entry, of_judge, of_entry)
    return Connectivity(count, normalized, bridges[n_entries:], bridges[:n_entries])


def design_factor(fit: AdditiveFit, per_entry: Floats | Integers) -> Floats:
    """How much the design lengthens each entry's standard error, shape (n_entries,).

    Parameters
    ----------
    fit : AdditiveFit
    per_entry : array, shape (n_entries,)
        Number (or total weight) of each entry's scores.

    Returns
    -------
    float array, shape (n_entries,)
        `se` over what it would be with the same number of judges of known severity,
        ``sigma / sqrt(n_i)``; NaN without scores or without error variance.

    Examples
    --------
    >>> from competition.scoring.fits.additive import fit_additive
    >>> judge, entry = np.array([0, 1, 0, 1, 0]), np.array([0, 0, 1, 1, 2])
    >>> fit = fit_additive(judge, entry, np.array([8.0, 6, 5, 4, 7]), 2, 3)
    >>> np.round(design_factor(fit, np.array([2, 2, 1])), 3)
    array([1.   , 1.   , 1.118])
    """
    if not fit.sigma2 > 0:
        return np.full(fit.se.size, np.nan)
    result: Floats = fit.se * np.sqrt(per_entry / fit.sigma2)
    return result


def _crossing(
    judge: Integers, entry: Integers, of_judge: Integers, of_entry: Integers, weight: Floats | None
) -> tuple[Crossing, Integers, Integers]:
    """The table with the smaller facet as columns, and who is in it."""
    judges, judge = only_active(of_judge, judge)
    entries, entry = only_active(of_entry, entry)
    if judges.size <= entries.size:
        crossing = Crossing(entry, judge, weight, entries.size, judges.size)
    else:
        crossing = Crossing(judge, entry, weight, judges.size, entries.size)
    return crossing, judges, entries


def _strength(crossing: Crossing, judges: int, entries: int, count: int) -> tuple[float, bool]:
    """Normalized connectivity, and whether it alone shows that there is no bridge.

    Without columns' bridges: every column shares rows with at least half of the
    others (Dirac 1952: such a graph needs two to fall apart). Without rows'
    bridges: if row i alone joined two sides, then ``normalized <= n_i / (2 side)``
    with `side` the smaller side's scores, at least the smallest column's.
    """
    if judges < 2:
        return float("nan"), False
    if count > 1 or entries < 2:
        return (0.0 if count > 1 else 1.0), False
    root = np.sqrt(crossing.col_weight)
    if crossing.n_cols > _MOST_WRITTEN:
        return _within_unit(1 - _second_by_steps(crossing, root)), False
    shares = crossing.gram(1 / crossing.row_weight)
    degree = np.count_nonzero(shares, axis=1) - 1
    shares /= root[:, None]
    shares /= root
    normalized = _within_unit(1 - _second(shares, root))
    no_col = crossing.n_cols > 2 and 2 * int(degree.min()) >= crossing.n_cols
    side = float(crossing.col_weight.min())
    no_row = normalized > float(crossing.row_weight.max()) / (2 * side)
    return normalized, no_col and no_row


def _within_unit(value: float) -> float:
    return min(max(value, 0.0), 1.0)


def _second(shares: Floats, root: Floats) -> float:
    """Second largest eigenvalue of N^-1/2 B' W^-1 B N^-1/2; the largest is 1."""
    from scipy.linalg import eigvalsh
    from scipy.sparse.linalg import ArpackNoConvergence, eigsh

    at = root.size - 2
    if root.size > _DENSE:
        first = root / np.sqrt(root @ root)
        start = np.cos(np.arange(root.size))
        try:
            found = eigsh(
                shares - np.outer(first, first),
                k=1,
                which="LA",
                v0=start,
                tol=1e-9,
                return_eigenvectors=False,
            )
            return float(found[0])
        except ArpackNoConvergence:
            pass
    return float(eigvalsh(shares, subset_by_index=[at, at], check_finite=False)[0])


def _second_by_steps(crossing: Crossing, root: Floats) -> float:
    """The same without writing the matrix."""
    from scipy.sparse.linalg import LinearOperator, eigsh

    first = root / np.sqrt(root @ root)

    def product(x: Floats) -> Floats:
        x = x.ravel()
        shares = crossing.per_col(crossing.per_row(x / root) / crossing.row_weight) / root
        return np.asarray(shares - first * (first @ x))

    operator: Any = LinearOperator((root.size, root.size), matvec=product, dtype=np.float64)
    start = np.cos(np.arange(root.size))
    value = eigsh(operator, k=1, which="LA", v0=start, tol=1e-9, return_eigenvectors=False)
    return float(value[0])


def _bridges(judge: Integers, entry: Integers, of_judge: Integers, of_entry: Integers) -> Flags:
    """Members (entries, then judges) without whom scores fall into more components.

    A search in depth gives every vertex its time, and `low`, the earliest time that
    its subtree reaches by another edge (Hopcroft and Tarjan 1973, Communications of
    the ACM 16, 372). Subtrees that reach no further than their parent fall off with
    it; those of a single vertex leave no score behind, so they do not count.
    """
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import depth_first_order

    component = np.r_[of_entry, of_judge]
    n, shift = component.size, of_entry.size
    there = np.flatnonzero(component >= 0)
    if not there.size:
        return np.zeros(n, dtype=bool)
    first = there[np.unique(component[there], return_index=True)[1]]
    left = np.r_[entry, np.full(first.size, n)]
    right = np.r_[judge + shift, first]
    graph = csr_array((np.ones(left.size), (left, right)), shape=(n + 1, n + 1))
    graph = (graph + graph.T).tocsr()
    order, parent = depth_first_order(graph, n, directed=True)
    time = np.full(n + 1, n + 1)
    time[order] = np.arange(order.size)
    parent[n] = n
    low, size = _earliest(graph, order, parent, time)
    child = order[1:]
    falls = low[child] >= time[parent[child]]
    lost = np.bincount(parent[child[falls]], size[child[falls]], n + 1)
    parts = np.bincount(parent[child[falls]], size[child[falls]] > 1, n + 1)
    total = np.append(np.bincount(component[there])[np.maximum(component, 0)], 0)
    parts += total - 1 - lost > 1
    return np.asarray((parts[:n] > 1) & (component >= 0))


def _earliest(
    graph: Any, order: Integers, parent: Integers, time: Integers
) -> tuple[Integers, Integers]:
    """Earliest time each subtree reaches, and the size of each subtree."""
    tail = np.repeat(np.arange(time.size), np.diff(graph.indptr))
    head = graph.indices
    other = (parent[tail] != head) & (parent[head] != tail)
    low = time.copy()
    np.minimum.at(low, tail[other], time[head[other]])
    size = np.ones(time.size, dtype=np.int64)
    depth = _depths(order, parent)
    by_depth = order[np.argsort(depth[order], kind="stable")]
    levels = np.split(by_depth, np.flatnonzero(np.diff(depth[by_depth])) + 1)
    for members in reversed(levels[1:]):
        np.minimum.at(low, parent[members], low[members])
        np.add.at(size, parent[members], size[members])
    return low, size


def _depths(order: Integers, parent: Integers) -> Integers:
    """Distance of each vertex from the root, by doubling the steps taken upwards."""
    above = np.where(parent < 0, np.arange(parent.size), parent)
    depth: Integers = (above != np.arange(parent.size)).astype(np.int64)
    while True:
        further = depth + depth[above]
        if np.array_equal(further, depth):
            return depth
        depth, above = further, above[above]
