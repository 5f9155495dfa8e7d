"""Predicted effects of a mixed model, with the covariance of their errors."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from competition.scoring.arrays import Flags, Floats, Integers
from competition.scoring.errors import TooLarge
from competition.scoring.fits.likelihood import Point, Profile
from competition.scoring.fits.solution import MOST_JOINT_NUMBERS


@dataclass(frozen=True, eq=False)
class Predictor:
    """The maximum of the likelihood with what numbers its rows and columns.

    Attributes
    ----------
    profile : Profile
    point : Point
    by_entry : bool
        Whether entries are the rows.
    judges, entries : int array
        Members with scores, in order.
    centre : float
        What was subtracted from the scores.
    """

    profile: Profile
    point: Point
    by_entry: bool
    judges: Integers
    entries: Integers
    centre: float

    def effects(self) -> tuple[Floats, Floats, Floats, Floats]:
        """Predicted effects and conditional variances (over sigma2): entries, judges."""
        point, crossing = self.point, self.profile.crossing
        (r, c), d = point.ratio, point.ratio[0] * point.shrink
        row_var = d + c * d**2 * crossing.quadratic(point.inner)
        rows = (r * point.row_score, row_var)
        cols = (c * point.col_score, c * point.inner.diagonal())
        return (*rows, *cols) if self.by_entry else (*cols, *rows)

    def fixed_rows(self, entry: Integers) -> Floats:
        """Fixed indicators of entries, shape (n, p); a new entry has the average."""
        place, known = _place(self.entries, entry)
        table = self.profile.fixed
        return np.where(known[:, None], table[place], table.mean(axis=0))

    def variance_of_sum(self, judge: Integers, entry: Integers, fixed: Floats) -> Floats:
        """Error variance of fixed effect plus entry plus judge, over sigma2.

        Notes
        -----
        Conditional covariances of rows u and columns v, with ``d = r s`` and
        ``H = c (I + c A)^-1``: ``Var u = d + d^2 b'Hb``, ``Var v = H``,
        ``Cov(u_i, v_j) = -d_i b_i' H e_j``. The fixed effects add
        ``J (X'V^-1X)^-1 J'`` with ``J = x - r Z_row'V^-1X - c Z_col'V^-1X``.
        """
        point, crossing = self.point, self.profile.crossing
        (r, c), members = point.ratio, (self.entries, self.judges)
        first, second = (entry, judge) if self.by_entry else (judge, entry)
        of_row, of_col = members if self.by_entry else members[::-1]
        row, row_known = _place(of_row, first)
        col, col_known = _place(of_col, second)
        d = r * point.shrink[row]
        own = d + c * d**2 * crossing.quadratic(point.inner)[row]
        result: Floats = np.where(row_known, own, r)
        result += np.where(col_known, c * point.inner[col, col], c)
        common = 2 * c * d * crossing.cells(row, col, point.inner)
        result -= np.where(row_known & col_known, common, 0)
        change = fixed - r * np.where(row_known[:, None], point.row_fixed[row], 0)
        change -= c * np.where(col_known[:, None], point.col_fixed[col], 0)
        result += np.einsum("ij,jk,ik->i", change, point.fixed_inverse, change)
        return np.maximum(result, 0)

    def roots(self) -> tuple[Floats, Floats]:
        """Own variance and shared root of the entries' error covariance, over sigma2."""
        point, crossing = self.point, self.profile.crossing
        width = crossing.n_cols + self.profile.rank
        if self.entries.size * width > MOST_JOINT_NUMBERS:
            numbers = self.entries.size * width
            raise TooLarge(what="joint", numbers=numbers, most=MOST_JOINT_NUMBERS)
        r, c = point.ratio
        root = np.sqrt(c) * np.linalg.cholesky(point.inner)
        own = np.zeros(self.entries.size)
        change = self.profile.fixed - c * point.col_fixed if not self.by_entry else None
        if change is None:
            own = r * point.shrink
            root = own[:, None] * crossing.per_row(root)
            change = self.profile.fixed - r * point.row_fixed
        of_fixed = change @ np.linalg.cholesky(point.fixed_inverse)
        return own, np.hstack([root, of_fixed])


def _place(members: Integers, index: Integers) -> tuple[Integers, Flags]:
    """Place of each index among the members, and whether it is one."""
    place = np.minimum(np.searchsorted(members, index), members.size - 1)
    return place, members[place] == index
