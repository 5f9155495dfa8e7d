"""The solved system behind a least-squares fit: covariances and sums that are asked for later."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from competition.scoring.arrays import Flags, Floats, Integers, group_sums
from competition.scoring.errors import TooLarge
from competition.scoring.fits.elimination import Crossing

MOST_JOINT_NUMBERS = 50_000_000
"""Largest table of entries by judges that a joint distribution is written out for."""


@dataclass(frozen=True, eq=False)
class Solution:
    """The eliminated system of a fit of entry plus judge.

    Attributes
    ----------
    crossing : Crossing
        Rows are the facet that was eliminated.
    inverse : float array, shape (n_cols, n_cols)
        S+, the pseudo-inverse of the Schur complement.
    by_entry : bool
        Whether entries are the rows.
    judges, entries : int array
        Members with scores, in order; rows and columns number these.
    of_judge, of_entry : int array, shape (n_judges,), (n_entries,)
        Component; -1 without scores.
    """

    crossing: Crossing
    inverse: Floats
    by_entry: bool
    judges: Integers
    entries: Integers
    of_judge: Integers
    of_entry: Integers

    def comparable(self, judge: Integers, entry: Integers) -> Flags:
        """Which pairs are of one component; -1 = an unknown judge or entry."""
        mine = np.where(judge < 0, -1, self.of_judge[judge])
        theirs = np.where(entry < 0, -1, self.of_entry[entry])
        return np.asarray((mine >= 0) & (mine == theirs))

    def variance_of_sum(self, judge: Integers, entry: Integers) -> Floats:
        """Variance of entry plus judge over sigma2, shape (n_pairs,).

        Notes
        -----
        ``1/n_i + d' S+ d`` with ``d = b_i / n_i - e_j`` (rows i, columns j).
        """
        return self.variance_and_share(judge, entry)[0]

    def variance_and_share(self, judge: Integers, entry: Integers) -> tuple[Floats, Floats]:
        """`variance_of_sum`, and the covariance of that sum with the entry alone.

        Notes
        -----
        Entries eliminated, the covariance is ``1/n_i + b_i' S+ (b_i / n_i - e_j) / n_i``.
        Judges eliminated, in the words of `additive._solve_for_entries`, it is
        ``(e_i - m)' S+ (e_i - g_j) + 1 / (J n_j)``.
        """
        row, col = self._places(judge, entry)
        weight = self.crossing.row_weight[row]
        cells = self.crossing.cells(row, col, self.inverse) / weight
        own = 1 / weight + self._quadratic[row] / weight**2
        diagonal = self.inverse.diagonal()[col]
        variance = np.maximum(own - 2 * cells + diagonal, 0)
        if self.by_entry:
            return variance, own - cells
        size = np.bincount(self.of_judge[self.judges])[self.of_entry[self.entries]]
        m = self.crossing.per_col(1 / self.crossing.row_weight) / size
        v = self.inverse @ m
        share: Floats = diagonal - cells - v[col]
        share += self.crossing.per_row(v)[row] / weight + 1 / (size[col] * weight)
        return variance, share

    def _places(self, judge: Integers, entry: Integers) -> tuple[Integers, Integers]:
        """Row and column of members with scores."""
        col, row = np.searchsorted(self.judges, judge), np.searchsorted(self.entries, entry)
        return (row, col) if self.by_entry else (col, row)

    def roots(self) -> tuple[Floats, Floats]:
        """Own variance and shared root of the entries' covariance, over sigma2.

        Raises
        ------
        TooLarge
        """
        numbers = self.entries.size * (self.inverse.shape[0] + 1)
        if numbers > MOST_JOINT_NUMBERS:
            raise TooLarge(what="joint", numbers=numbers, most=MOST_JOINT_NUMBERS)
        weight = self.crossing.row_weight
        if self.by_entry:
            root = self._root(self.of_judge[self.judges])
            return 1 / weight, self.crossing.per_row(root) / weight[:, None]
        component, of_row = self.of_entry[self.entries], self.of_judge[self.judges]
        root = self._root(component)
        size = np.bincount(of_row)
        m = self.crossing.per_col(1 / weight) / size[component]
        same = (component[:, None] == np.arange(size.size)).astype(np.float64)
        common = np.sqrt(group_sums(of_row, 1 / weight, size.size)) / size
        root = root - same @ (same.T @ (m[:, None] * root))
        return np.zeros(component.size), np.hstack([root, same * common])

    @cached_property
    def _quadratic(self) -> Floats:
        return self.crossing.quadratic(self.inverse)

    def _root(self, component: Integers) -> Floats:
        """L with L L' = S+: the root of S+ made regular, centred in each component."""
        size = np.bincount(component)
        same = component[:, None] == component[None, :]
        scale = float(self.inverse.diagonal().max()) or 1.0
        root: Floats = np.linalg.cholesky(self.inverse + scale * same / size[component])
        for group in range(size.size):
            mine = component == group
            root[mine] -= root[mine].mean(axis=0)
        return root
