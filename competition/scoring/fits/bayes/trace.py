"""What is kept of the chains, sweep by sweep, and its translation into what is reported."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from competition.scoring.fits.bayes.conditional import MOST_SCALE
from competition.scoring.fits.bayes.data import Data

Kept: TypeAlias = npt.NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Trace:
    """What is kept of every sweep, in natural units; shapes begin with (n_chains, n_sweeps).

    The last entry and the last judge are ones not yet seen, drawn from their populations.
    While chains run, the first three and the last hold qualities, biases, scales and track
    means as they come; `complete` makes of them what is said here, all sweeps at once.

    Attributes
    ----------
    adjusted : float32 array, shape (..., n_entries + 1)
        What the judges together would give on average: mean bias + mean scale x quality.
    severity, scale, sd : float32 array, shape (..., n_judges + 1)
        Severity at the mean entry, scale over the mean scale, residual sd.
    level : float32 array, shape (..., 6)
        Means, then variances, of bias, log scale and log noise.
    track : float32 array, shape (..., n_tracks)
        Each track's mean quality times the mean scale; sum 0.
    """

    adjusted: Kept
    severity: Kept
    scale: Kept
    sd: Kept
    level: Kept
    track: Kept

    @classmethod
    def empty(cls, chains: int, sweeps: int, data: Data) -> Trace:
        """A trace to be filled."""
        widths = (data.n_entries + 1, *[data.n_judges + 1] * 3, 6, data.n_tracks)
        return cls(*[np.empty((chains, sweeps, width), dtype=np.float32) for width in widths])

    def complete(self, data: Data, random: np.random.Generator) -> None:
        """Add a judge and an entry not yet seen; turn all into what is reported."""
        self._add_unseen(data, random)
        middle, slope, average = (
            table[:, :, :-1].mean(axis=2, dtype=np.float64)[:, :, None]
            for table in (self.severity, self.scale, self.adjusted)
        )
        np.subtract(middle, self.severity, out=self.severity, casting="same_kind")
        self.severity[:] += (slope - self.scale) * average
        self.adjusted[:] *= slope
        self.adjusted[:] += middle
        self.scale[:] /= slope
        self.track[:] *= slope

    def _add_unseen(self, data: Data, random: np.random.Generator) -> None:
        """A judge of the judges' population, and an entry of any entry's track.

        The judge has no scale beyond any that a judge who was seen may have.
        """
        chains, sweeps, _ = self.level.shape
        mean, variance = self.level[:, :, :3], self.level[:, :, 3:]
        judge = mean + np.sqrt(variance) * random.standard_normal(mean.shape)
        self.severity[:, :, -1] = judge[:, :, 0]
        positive = np.exp(np.minimum(judge[:, :, 1:], MOST_SCALE))
        self.scale[:, :, -1], self.sd[:, :, -1] = positive[:, :, 0], positive[:, :, 1]
        track = data.track[random.integers(0, data.n_entries, (chains, sweeps))]
        quality = np.take_along_axis(self.track, track[:, :, None], axis=2)[:, :, 0]
        self.adjusted[:, :, -1] = quality + random.standard_normal(track.shape)
