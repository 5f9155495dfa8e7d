"""The many-facet rating scale model, against one pass over the categories of every rating."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from functools import partial

import numpy as np

from competition.scoring.arrays import Floats, Integers
from competition.scoring.fits.rasch import fit_rasch
from competition.scoring.fits.rating_scale import category_probabilities

REPEATS = 5
CASES = ((300, 40, 3, 3), (20_000, 300, 5, 1))
"""Entries, judges, judges per entry and criteria; ten categories."""


def main() -> None:
    """Print the table."""
    print(f"{'ratings':>9}  {'fit s':>7}  {'cpu s':>7}  {'pass s':>7}  {'ratio':>6}")
    for entries, judges, each, criteria in CASES:
        judge, entry, criterion, value = design(entries, judges, each, criteria)
        fit = partial(
            fit_rasch,
            judge,
            entry,
            value,
            judges,
            entries,
            criterion=criterion,
            n_criteria=criteria,
        )
        wall, cpu = timed(fit)
        floor, _ = timed(partial(category_probabilities, value, np.zeros(9)))
        print(f"{value.size:>9,}  {wall:7.3f}  {cpu:7.3f}  {floor:7.4f}  {wall / floor:6.0f}")


def design(
    entries: int, judges: int, each: int, criteria: int
) -> tuple[Integers, Integers, Integers, Floats]:
    """Ratings from 1 to 10 by judges of different severity, drawn at random for every entry."""
    random = np.random.default_rng(1)
    panel = np.concatenate([random.permutation(judges)[:each] for _ in range(entries)])
    entry = np.repeat(np.arange(entries), each * criteria)
    judge, criterion = np.repeat(panel, criteria), np.tile(np.arange(criteria), entries * each)
    centre = random.normal(0, 1.5, entries)[entry] - random.normal(0, 0.8, judges)[judge]
    noise = random.normal(0, 0.9, entry.size)
    return judge, entry, criterion, np.clip(np.round(5.5 + centre + noise), 1, 10)


def timed(work: Callable[[], object]) -> tuple[float, float]:
    """Median wall and processor time of a few runs, after one to warm up."""
    work()
    walls, cpus = [], []
    for _ in range(REPEATS):
        wall, cpu = time.perf_counter(), time.process_time()
        work()
        walls.append(time.perf_counter() - wall)
        cpus.append(time.process_time() - cpu)
    return statistics.median(walls), statistics.median(cpus)


if __name__ == "__main__":
    main()
