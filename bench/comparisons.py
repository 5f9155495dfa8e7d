"""Bradley-Terry strengths from 100,000 comparisons, beside choix on the same data."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from functools import partial

import choix
import numpy as np

from competition.scoring.arrays import Floats
from competition.scoring.fits.bradley_terry import Comparisons, fit_bradley_terry

ENTRIES, NUMBER = 1_000, 100_000


def main() -> None:
    """Print the table."""
    wins = matches(ENTRIES, NUMBER)
    pairs = list(zip(wins.winner.tolist(), wins.loser.tolist(), strict=True))
    ours, ours_cpu, strength = timed(lambda: fit_bradley_terry(wins).strength, 5)
    rows = [("fit_bradley_terry, with standard errors", ours, ours_cpu, 0.0)]
    for name in ("ilsr_pairwise", "opt_pairwise"):
        wall, cpu, theirs = timed(partial(getattr(choix, name), ENTRIES, pairs), 1)
        apart = float(np.abs(theirs - theirs.mean() - strength).max())
        rows.append((f"choix.{name}, without", wall, cpu, apart))
    print(f"{ENTRIES:,} entries, {NUMBER:,} comparisons")
    print(f"{'':40}  {'wall s':>7}  {'cpu s':>7}  {'ratio':>6}  largest difference")
    for name, wall, cpu, apart in rows:
        print(f"{name:40}  {wall:7.3f}  {cpu:7.3f}  {wall / ours:6.1f}  {apart:.1e}")


def matches(entries: int, number: int) -> Comparisons:
    """Random pairs, won as the model says."""
    random = np.random.default_rng(1)
    truth = random.normal(0, 1, entries)
    first = random.integers(0, entries, number)
    second = (first + random.integers(1, entries, number)) % entries
    wins = random.random(number) < 1 / (1 + np.exp(truth[second] - truth[first]))
    return Comparisons.of(np.where(wins, first, second), np.where(wins, second, first), entries)


def timed(work: Callable[[], Floats], repeats: int) -> tuple[float, float, Floats]:
    """Median wall and processor time, the first of several runs left out, and what came of it."""
    walls, cpus = [], []
    for _ in range(repeats):
        wall, cpu = time.perf_counter(), time.process_time()
        found = work()
        walls.append(time.perf_counter() - wall)
        cpus.append(time.process_time() - cpu)
    return statistics.median(walls[-4:]), statistics.median(cpus[-4:]), found


if __name__ == "__main__":
    main()
