"""Ranks of 300 entries in 10,000 joint draws, and what is made of them."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

import numpy as np

from competition.scoring.uncertainty.confidence import rank_confidence
from competition.scoring.uncertainty.cut_lines import cut_lines, further_scores
from competition.scoring.uncertainty.joint import JointNormal
from competition.scoring.uncertainty.ranks import beats, beats_in_draws, draw_ranks, rank_draws

ENTRIES, JUDGES, DRAWS, REPEATS = 300, 40, 10_000, 5
TOPS = (3, 10)


def main() -> None:
    """Print the table."""
    random = np.random.default_rng(1)
    joint = JointNormal(
        random.normal(5.5, 1.5, ENTRIES),
        np.full(ENTRIES, 0.3),
        random.normal(0, 0.05, (ENTRIES, JUDGES)),
    )
    sample = joint.draw(random, DRAWS)
    ranks = draw_ranks(joint, draws=DRAWS, seed=1, tops=TOPS)
    sets = rank_confidence(joint, seed=1)
    line = cut_lines(joint, ranks, score_variance=0.8)[-1]
    rows: tuple[tuple[str, Callable[[], object]], ...] = (
        ("sorting the draws alone (floor)", lambda: np.argsort(sample, axis=1)),
        ("draw and rank: draw_ranks", lambda: draw_ranks(joint, draws=DRAWS, seed=1, tops=TOPS)),
        ("rank draws that are there: rank_draws", lambda: rank_draws(sample, tops=TOPS)),
        ("P(i beats j) in closed form: beats", lambda: beats(joint)),
        ("P(i beats j) in the draws: beats_in_draws", lambda: beats_in_draws(sample)),
        ("simultaneous sets, 2,000 draws: rank_confidence", lambda: rank_confidence(joint, seed=1)),
        (
            "two award lines: cut_lines",
            lambda: cut_lines(joint, ranks, confidence=sets, score_variance=0.8),
        ),
        ("100 further scores at a line: further_scores", lambda: further_scores(line, 0.8, 100)),
    )
    print(f"{ENTRIES} entries, {JUDGES} judges, {DRAWS:,} draws")
    print(f"{'':48}  {'wall s':>7}  {'cpu s':>7}  {'ratio':>6}")
    floor = 0.0
    for name, work in rows:
        wall, cpu = timed(work)
        floor = floor or wall
        print(f"{name:48}  {wall:7.3f}  {cpu:7.3f}  {wall / floor:6.1f}")


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
