"""Time and memory of the additive fit with all standard errors, against one pass and LSMR."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial

import numpy as np

from bench.memory import peak_memory_here
from competition.scoring import Ratings, score
from competition.scoring.fits.additive import fit_additive

REPEATS = 5
GROWTH = ((2_000, 300, 5), (20_000, 300, 5), (200_000, 300, 5), (2_000_000, 300, 5))
TARGETS = ((200_000, 1_000, 5), (2_000_000, 2_000, 5))
"""Entries, judges and judges per entry."""


def main() -> None:
    """Print the tables."""
    print("pass: one numpy.bincount of the scores by entry; fit: the fit alone; score: everything;")
    print("LSMR: scipy's, tolerance 1e-6, without standard errors; memory: peak of the process")
    heading("growth at 300 judges")
    for entries, judges, each in GROWTH:
        row(entries, judges, each, shuffled=False)
    heading("targets: .5 s and 60 passes at 1e6; 8 s and 6,000 MB at 1e7")
    for entries, judges, each in TARGETS:
        for shuffled in (False, True):
            row(entries, judges, each, shuffled)
    print(
        f"import competition.scoring: {import_time():.3f} s (python alone {import_time(''):.3f} s)"
    )


def heading(title: str) -> None:
    print(f"\n{title}")
    print(
        f"{'scores':>10}  {'judges':>6}  {'pass s':>7}  {'fit s':>7}  {'score s':>7}"
        f"  {'LSMR s':>7}  {'fit/pass':>8}  {'score/pass':>10}  {'MB':>5}  order of rows"
    )


def row(entries: int, judges: int, each: int, shuffled: bool) -> None:
    """Measure one design and print its line."""
    ratings = design(entries, judges, each, shuffled)
    repeats = REPEATS if len(ratings) < 5_000_000 else 3
    columns = ratings.judge, ratings.entry, ratings.value
    floor = median_time(partial(np.bincount, *columns[1:], entries), repeats)
    fit = median_time(partial(fit_additive, *columns, judges, entries), repeats)
    everything = median_time(partial(score, ratings), repeats)
    peer = median_time(least_squares(ratings), 1 if repeats < REPEATS else 3)
    order = "shuffled" if shuffled else "by entry"
    print(
        f"{len(ratings):>10,}  {judges:>6,}  {floor:7.4f}  {fit:7.3f}  {everything:7.3f}"
        f"  {peer:7.3f}  {fit / floor:8.0f}  {everything / floor:10.0f}"
        f"  {peak_memory(entries, judges, each):5.0f}  {order}",
        flush=True,
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


def least_squares(ratings: Ratings) -> Callable[[], object]:
    """The peer: an iterative solver on the sparse design, its matrix built beforehand."""
    from scipy.sparse import csr_array
    from scipy.sparse.linalg import lsmr

    n, entries = len(ratings), len(ratings.entries)
    columns = np.column_stack([ratings.entry, ratings.judge + entries]).ravel()
    start = np.arange(0, 2 * n + 1, 2)
    shape = (n, entries + len(ratings.judges))
    matrix = csr_array((np.ones(2 * n), columns, start), shape=shape)
    return partial(lsmr, matrix, ratings.value - ratings.value.mean(), atol=1e-6, btol=1e-6)


def median_time(work: Callable[[], object], repeats: int = REPEATS) -> float:
    """Median of a few runs in seconds, after one to warm up."""
    work()
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def peak_memory(entries: int, judges: int, each: int) -> float:
    """Peak memory in MB of a fresh interpreter that builds a design and scores it."""
    call = f"bench.scoring.print_peak({entries}, {judges}, {each})"
    code = f"import bench.scoring; {call}"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    return float(done.stdout)


def print_peak(entries: int, judges: int, each: int) -> None:
    """Score a design and print this process's peak memory in MB."""
    score(design(entries, judges, each, shuffled=False))
    print(peak_memory_here())


def import_time(module: str = "import competition.scoring") -> float:
    """Median wall time of a fresh interpreter that imports the core."""
    return median_time(lambda: subprocess.run([sys.executable, "-c", module], check=True))


if __name__ == "__main__":
    main()
