"""Time of the additive fit with all standard errors, against one pass over the scores."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial

import numpy as np

from competition.scoring import Ratings, score

REPEATS = 5
CASES = ((20_000, 300, 5), (200_000, 1_000, 5))
"""Entries, judges and judges per entry."""


def main() -> None:
    """Print the table."""
    print(f"{'scores':>9}  {'judges':>6}  {'fit s':>7}  {'pass s':>7}  {'ratio':>6}  order of rows")
    for entries, judges, each in CASES:
        for shuffled in (False, True):
            ratings = design(entries, judges, each, shuffled)
            fit = median_time(partial(score, ratings))
            floor = median_time(
                partial(np.bincount, ratings.entry, ratings.value, len(ratings.entries))
            )
            order = "shuffled" if shuffled else "by entry"
            print(
                f"{entries * each:>9,}  {judges:>6,}  {fit:7.3f}  {floor:7.4f}"
                f"  {fit / floor:6.0f}  {order}"
            )
    print(
        f"import competition.scoring: {import_time():.3f} s (python alone {import_time(''):.3f} s)"
    )


def design(entries: int, judges: int, each: int, shuffled: bool) -> Ratings:
    """A connected design of equal loads with judges of different severity."""
    random = np.random.default_rng(1)
    entry = np.repeat(np.arange(entries), each)
    start = random.integers(0, judges, entries)
    stride = random.integers(1, judges // each, entries)
    judge = ((start[:, None] + stride[:, None] * np.arange(each)) % judges).ravel()
    quality, severity = random.normal(70, 10, entries), random.normal(0, 5, judges)
    value = (quality[entry] - severity[judge] + random.normal(0, 4, entry.size)).round(1)
    if shuffled:
        order = random.permutation(entry.size)
        judge, entry, value = judge[order], entry[order], value[order]
    return Ratings(
        judge=judge,
        entry=entry,
        criterion=np.zeros(entry.size, dtype=np.int64),
        value=value,
        judges=tuple(range(judges)),
        entries=tuple(range(entries)),
    )


def median_time(work: Callable[[], object]) -> float:
    """Median of a few runs in seconds, after one to warm up."""
    work()
    times = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def import_time(module: str = "import competition.scoring") -> float:
    """Median wall time of a fresh interpreter that imports the core."""
    return median_time(lambda: subprocess.run([sys.executable, "-c", module], check=True))


if __name__ == "__main__":
    main()
