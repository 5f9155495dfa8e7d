"""Simulated judging: how good entries are, how judges differ, and what they would write down."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from competition.demo.content import COMMENTS, CRITERIA


@dataclass(frozen=True)
class Judging:
    """Draws ratings for pairs of judge and entry; the same seed gives the same numbers.

    The generator is that of the scoring core's simulation targets, on a scale of 1 to 10: quality
    N(0, 1), severity N(0, .8), spread of a judge's marks about 1.5, noise .9, and a part of
    quality that differs by criterion.
    """

    quality: np.ndarray[tuple[int], np.dtype[np.float64]]
    """Shape (n_entries,)."""
    taste: np.ndarray[tuple[int, int], np.dtype[np.float64]]
    """How the entry's criteria differ from its quality, shape (n_entries, n_criteria)."""
    severity: np.ndarray[tuple[int], np.dtype[np.float64]]
    """Positive = harsher, in scale points, shape (n_judges,)."""
    spread: np.ndarray[tuple[int], np.dtype[np.float64]]
    seed: int

    @classmethod
    def draw(cls, *, entries: int, judges: int, seed: int) -> Judging:
        random = np.random.default_rng(seed)
        return cls(
            quality=random.normal(0, 1, entries),
            taste=random.normal(0, 0.4, (entries, len(CRITERIA))),
            severity=random.normal(0, 0.8, judges),
            spread=np.exp(random.normal(0, 0.25, judges)),
            seed=seed,
        )

    def ratings(self, judge: int, entry: int) -> tuple[int, ...]:
        """One rating a criterion, whole numbers from 1 to 10."""
        random = np.random.default_rng((self.seed, 1, judge, entry))
        level = 6.2 - self.severity[judge]
        truth = 1.5 * self.spread[judge] * (self.quality[entry] + self.taste[entry])
        drawn = level + truth + 0.9 * random.normal(0, 1, len(CRITERIA))
        return tuple(int(value) for value in np.clip(np.rint(drawn), 1, 10))

    def comment(self, judge: int, entry: int) -> str:
        """A comment for the team."""
        random = np.random.default_rng((self.seed, 2, judge, entry))
        return COMMENTS[int(random.integers(len(COMMENTS)))]

    def minutes(self, judge: int, entry: int) -> int:
        """How long the judge took for the entry."""
        random = np.random.default_rng((self.seed, 3, judge, entry))
        return int(random.integers(9, 26))
