"""Whole-number costs in strict levels: kept pairs, affinity, even loads, a hash to break ties.

A flow is optimal when its residual graph has no negative cycle. A simple cycle passes the common
pool of places once, so at most one judge gains an entry and one loses one, and it passes each
judge and each entry once. So a level decides before the next one as soon as one unit of it
outweighs all that the levels below can change along such a cycle; the sums need not be bounded.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from competition.assigning.positions import Booleans, Floats, Integers, Positions

HASH_RANGE = 32
LARGEST_TOTAL = 1 << 61
"""Of cost times nodes: what the solver's 64-bit potentials hold."""
MOST_DECIMALS = 9


@dataclass(frozen=True)
class Costs:
    """Costs of pairs and of load.

    Attributes
    ----------
    unit : int
        Cost of one step of affinity, 1 / `scale`.
    scale : float
        Steps of affinity per 1.
    top : int
        The largest affinity in steps.
    load_step : int
        Cost of an entry for a judge, times the entries that the judge already has.
    first : int
        Cost that outweighs any affinity.
    bonus : int
        Steps of affinity that a pair of the earlier plan is worth more.
    value : float array, shape (n_entries, n_judges)
        What counts as affinity, 0 or more.
    """

    unit: int
    scale: float
    top: int
    load_step: int
    first: int
    bonus: int
    value: Floats
    previous: Booleans
    entry_word: NDArray[np.uint64]
    judge_word: NDArray[np.uint64]

    def of_pairs(self, entry: Integers, judge: Integers) -> Integers:
        """Cost of each of these pairs."""
        steps = self.top - np.rint(self.value[entry, judge] * self.scale).astype(np.int64)
        if self.bonus:
            steps -= self.bonus * self.previous[entry, judge]
        mixed = (self.entry_word[entry] ^ self.judge_word[judge]) * _ODD
        mixed ^= mixed >> np.uint64(29)
        mixed *= _ODD
        return steps * self.unit + (mixed >> np.uint64(59)).astype(np.int64)


_ODD = np.uint64(0x9E3779B97F4A7C15)


def make_costs(
    positions: Positions,
    *,
    seed: int,
    nodes: int,
    load_top: int,
    keep: str | float | None = None,
    value: Floats | None = None,
    has_first: bool = False,
) -> Costs:
    """Costs as fine as 64 bits allow.

    Parameters
    ----------
    positions : Positions
    seed : int
    nodes : int
        Nodes of the network, or more.
    load_top : int
        The largest load that is counted.
    keep : "first", float or None
        What a pair of the earlier plan is worth: more than any affinity, an amount of
        affinity, or nothing.
    value : float array, shape (n_entries, n_judges), optional
        Instead of the affinity.
    has_first : bool
        Leave room for costs of `Costs.first`.
    """
    value = positions.affinity if value is None else value
    around = 2 * min(positions.shape) + 2
    load_step = around * HASH_RANGE
    unit = (load_top + 2) * load_step
    largest = float(value.max(initial=0.0))
    extra = around + 2 if keep == "first" or has_first else 1
    if isinstance(keep, float):
        largest += keep
    steps = LARGEST_TOTAL // ((nodes + 2) * unit * extra)
    scale = _scale(max(steps, 1), largest)
    top = round(float(value.max(initial=0.0)) * scale)
    before_all = around * (top + 1)
    bonus = before_all if keep == "first" else 0
    if isinstance(keep, float):
        bonus = round(keep * scale)
    entry_word, judge_word = positions.hashes(seed)
    return Costs(
        unit=unit,
        scale=scale,
        top=top,
        load_step=load_step,
        first=before_all * unit,
        bonus=bonus,
        value=value,
        previous=positions.previous,
        entry_word=entry_word,
        judge_word=judge_word,
    )


def _scale(steps: int, largest: float) -> float:
    """A power of ten, so that decimals stay exact, unless that is too coarse."""
    if largest <= 0:
        return 1.0
    finest = steps / largest
    decimal = np.floor(np.log10(finest))
    if decimal < 3:
        return finest
    return float(10.0 ** min(decimal, MOST_DECIMALS))
