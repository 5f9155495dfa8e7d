"""Made-up contests to assign judges in: schools with a heavy tail, tracks, kinds, bids."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from competition.assigning import Problem

BIDS = (1.0, 0.6, 0.25, 0.0)
"""Want, can, nothing said, would rather not."""
KINDS = ("school", "industry")


def contest(
    n_entries: int,
    n_judges: int,
    per_entry: int,
    *,
    seed: int,
    with_rules: bool = False,
) -> Problem:
    """One contest: 40 % of the judges from industry, conflicts by school and by declaration.

    Judges may take a third more than the average, and take at least two thirds of it.
    """
    random = np.random.default_rng(seed)
    n_tracks = max(3, n_judges // 12)
    n_schools = max(8, n_entries // 5)
    popular = 1 / np.arange(1, n_schools + 1) ** 1.1
    popular /= popular.sum()
    school_of_entry = random.choice(n_schools, n_entries, p=popular)
    track_of_entry = random.integers(0, n_tracks, n_entries)
    from_industry = random.random(n_judges) < 0.4
    organization = np.where(
        from_industry,
        n_schools + random.integers(0, max(4, n_judges // 2), n_judges),
        random.choice(n_schools, n_judges, p=popular),
    )
    conflicts = school_of_entry[:, np.newaxis] == organization
    conflicts |= random.random((n_entries, n_judges)) < 0.01
    average = n_entries * per_entry / n_judges
    problem = Problem(
        entries=[f"E{e:05}" for e in range(n_entries)],
        judges=[f"J{j:04}" for j in range(n_judges)],
        allowed=~conflicts,
        per_entry=per_entry,
        min_load=int(average * 2 / 3),
        max_load=int(np.ceil(average * 4 / 3)),
        affinity=_affinity(random, track_of_entry, n_judges, n_tracks),
        kind=[KINDS[int(industry)] for industry in from_industry],
        organization=organization.tolist(),
    )
    return ruled(problem) if with_rules else problem


def ruled(problem: Problem) -> Problem:
    """With mixed panels, and one judge of an organization."""
    assert problem.kind is not None
    kinds: Sequence[object] = sorted({kind for kind in problem.kind if kind is not None}, key=str)
    return replace(problem, required_kinds=tuple(kinds), one_per_organization=True)


def _affinity(
    random: np.random.Generator, track: NDArray[np.int64], n_judges: int, n_tracks: int
) -> NDArray[np.float64]:
    """Half from tracks (one or two a judge), a fifth from bids, the rest from topics."""
    matches = np.zeros((n_judges, n_tracks), dtype=np.bool_)
    matches[np.arange(n_judges), random.integers(0, n_tracks, n_judges)] = True
    second = random.random(n_judges) < 0.5
    matches[np.flatnonzero(second), random.integers(0, n_tracks, int(second.sum()))] = True
    fits = matches[:, track].T
    bid = random.choice(BIDS, (track.size, n_judges), p=(0.05, 0.1, 0.8, 0.05))
    topic = random.beta(1.2, 4, (track.size, n_judges))
    affinity = 0.5 * fits + 0.2 * bid + 0.3 * topic * (0.3 + 0.7 * fits)
    return np.asarray(np.round(affinity, 4))
