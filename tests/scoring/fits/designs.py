"""Small random designs for tests of the fits, and ways to turn them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from competition.scoring.arrays import Floats, Integers


@dataclass(frozen=True, eq=False)
class Design:
    """Scores of judges for entries, with or without weights."""

    judge: Integers
    entry: Integers
    value: Floats
    n_judges: int
    n_entries: int
    weight: Floats | None = None

    @property
    def arguments(self) -> tuple[Any, ...]:
        """What the fits take, in order."""
        return (self.judge, self.entry, self.value, self.n_judges, self.n_entries, self.weight)

    @property
    def weights(self) -> Floats:
        return np.ones(self.value.size) if self.weight is None else self.weight

    def twice_with_half_weight(self) -> Design:
        return Design(
            np.tile(self.judge, 2),
            np.tile(self.entry, 2),
            np.tile(self.value, 2),
            self.n_judges,
            self.n_entries,
            np.tile(self.weights, 2) / 2,
        )


def random_design(
    seed: int, weighted: bool, entries: int = 0, judges: int = 0, scores: int = 0
) -> Design:
    """Some scores of a few judges and entries; not always connected."""
    random = np.random.default_rng(seed)
    drawn = random.integers(2, 12, 2).tolist()
    entries, judges = entries or drawn[0], judges or drawn[1]
    cell = np.unique(random.integers(0, entries * judges, scores or int(random.integers(6, 60))))
    entry, judge = cell // judges, cell % judges
    quality, leniency = random.normal(0, 3, entries), random.normal(0, 2, judges)
    value = 50 + quality[entry] + leniency[judge] + random.normal(0, 1.5, cell.size)
    weight = random.uniform(0.3, 2, cell.size) if weighted else None
    return Design(judge, entry, value, judges, entries, weight)


def turned(design: Design) -> Design:
    """Judges and entries exchanged."""
    return Design(
        design.entry,
        design.judge,
        design.value,
        design.n_entries,
        design.n_judges,
        design.weight,
    )


def shuffled(design: Design, seed: int) -> Design:
    """The same scores in another order."""
    order = np.random.default_rng(seed).permutation(design.value.size)
    return replace(
        design,
        judge=design.judge[order],
        entry=design.entry[order],
        value=design.value[order],
        weight=None if design.weight is None else design.weight[order],
    )
