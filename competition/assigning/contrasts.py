"""The variance of entry contrasts of a plan, brought up to date as places change hands."""

from __future__ import annotations

from functools import cached_property

import numpy as np

from competition.assigning.positions import Booleans, Floats, Integers

RIDGE = 0.5
"""Variance of the noise by that of the judges' biases, while the graph is not connected."""
_FIRM = 1e-6


class Contrasts:
    """One plan with M, K and tr((M + ridge)^-1 K), see `design`.

    Attributes
    ----------
    chosen : bool array, shape (n_entries, n_judges)
    affinity : float
    variance : float
        The trace; (n_entries - 1) mean(1/k) of it are one unit of VIF.
    connected : bool
    """

    def __init__(self, chosen: Booleans, affinity: Floats) -> None:
        self.chosen = chosen
        self.affinity = float(affinity[chosen].sum())
        self.sizes = np.maximum(chosen.sum(axis=1), 1).astype(np.float64)
        self.load = chosen.sum(axis=0)
        self.meeting, self.scatter = self._products(chosen, self.sizes)
        self._invert()

    def after(
        self, entries: Integers, left: Integers, came: Integers, affinity: Floats
    ) -> Contrasts:
        """The plan after judges `came` instead of those who `left`, one in each entry."""
        new = object.__new__(Contrasts)
        new.chosen = self.chosen.copy()
        new.chosen[entries, left] = False
        new.chosen[entries, came] = True
        new.affinity = float(affinity[new.chosen].sum())
        new.sizes = self.sizes
        n_judges = self.load.size
        new.load = self.load + np.bincount(came, minlength=n_judges)
        new.load -= np.bincount(left, minlength=n_judges)
        sizes = self.sizes[entries]
        before = self._products(self.chosen[entries], sizes)
        now = self._products(new.chosen[entries], sizes)
        new.meeting = self.meeting + now[0] - before[0]
        new.scatter = self.scatter + now[1] - before[1]
        new._invert()
        return new

    @staticmethod
    def _products(chosen: Booleans, sizes: Floats) -> tuple[Floats, Floats]:
        """Sums over entries of 1_S 1_S'/k and of 1_S 1_S'/k^2."""
        shares = chosen / sizes[:, None]
        return chosen.T.astype(np.float64) @ shares, shares.T @ shares

    def _invert(self) -> None:
        judging = self.load > 0
        active = judging.astype(np.float64)
        count = max(float(active.sum()), 1.0)
        # the shares of a panel sum to 1, so a row of the scatter sums to a judge's sum of 1/k
        self.total = self.scatter.sum(axis=1)
        centred = self.scatter - np.outer(self.total, self.total) / max(len(self.chosen), 1)
        self.connected = self._is_connected(judging)
        whole = np.outer(active, active) / count - self.meeting
        diagonal = np.arange(active.size)
        whole[diagonal, diagonal] += self.load + np.where(
            judging, _FIRM if self.connected else RIDGE, 1.0
        )
        self.inverse = np.linalg.inv(whole)
        self.centred = centred
        self.variance = float((self.inverse * centred).sum())

    def _is_connected(self, judging: Booleans) -> bool:
        """Whether every judge with an entry can be reached from the first by way of panels."""
        met = self.meeting > 0.5 / self.sizes.max(initial=1.0)
        reached = met[judging.argmax()]
        while not reached[judging].all():
            grown = met[reached].any(axis=0)
            if (grown == reached).all():
                return False
            reached = grown
        return True

    @cached_property
    def _slopes(self) -> tuple[Floats, Floats, Floats, Floats]:
        """What every round from this plan takes: a matrix, two diagonals and a vector."""
        bent = self.inverse @ self.centred @ self.inverse
        return bent, np.diag(bent), np.diag(self.inverse), self.inverse @ self.total

    def gradient(self, entries: Integers, others: Booleans) -> Floats:
        """Change of the variance for a judge beside the others, shape (n_rows, n_judges)."""
        bent, own_bent, own_inverse, mean = self._slopes
        k = self.sizes[entries, None]
        beside = others.astype(np.float64)
        of_bent = own_bent * (1 - 1 / k) - 2 * (beside @ bent) / k
        of_inverse = (own_inverse + 2 * (beside @ self.inverse)) / k**2
        of_mean = 2 * mean / (k * len(self.chosen))
        return np.asarray(of_inverse - of_bent - of_mean)
