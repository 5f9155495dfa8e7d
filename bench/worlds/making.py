"""Made-up competitions whose truth is known, after the simulation targets of the project."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from competition.scoring.arrays import Floats, Integers

SCALE, STEP = (1.0, 10.0), 1.0
MIDDLE, SPREAD, NOISE = 5.5, 1.5, 0.9
"""Mean score, points per unit of quality, and noise of the average judge."""

INSIDE = 0.85
"""Share of the judging that stays inside a track, where there are tracks."""


@dataclass(frozen=True)
class Kind:
    """How a world is made.

    Attributes
    ----------
    entries, judges, each : int
        `each` judges see an entry; all of them if as many as there are.
    bias : float
        Standard deviation of the judges' biases, in points.
    scale, noise : float
        Standard deviations of log scale and log noise; 0 = all judges alike.
    tracks : int
        Tracks of different mean quality (-1 to 1), each with judges of its own.
    """

    entries: int
    judges: int
    each: int
    bias: float = 0.8
    scale: float = 0.25
    noise: float = 0.3
    tracks: int = 1

    @property
    def top(self) -> int:
        """How many of the best are looked for."""
        return 10 if self.entries > 20 else 5


KINDS = {
    "A": Kind(300, 40, 3),
    "C": Kind(20, 5, 5),
    "I": Kind(300, 100, 3),
    "biased": Kind(300, 40, 3, bias=2.0),
    "tracks": Kind(300, 40, 3, tracks=4),
    "uneven": Kind(300, 40, 3, scale=0.6, noise=0.7),
    "few": Kind(300, 225, 3),
    "alike": Kind(300, 40, 3, bias=0.0, scale=0.0, noise=0.0),
}
"""Worlds by name: the three with targets, then those in which a method may collapse."""


@dataclass(frozen=True, eq=False)
class World:
    """One drawn competition.

    Attributes
    ----------
    judge, entry : int array, shape (n_scores,)
    value : float array, shape (n_scores,)
    quality : float array, shape (n_entries,)
        The truth, in units of its own.
    score : float array, shape (n_entries,)
        The truth in points: what all judges together would give on average, uncut.
    track : int array, shape (n_entries,), or None
    """

    kind: Kind
    judge: Integers
    entry: Integers
    value: Floats
    quality: Floats
    score: Floats
    track: Integers | None


def track_means(kind: Kind) -> Floats:
    """Mean quality of each entry's track, shape (n_entries,); 0 without tracks."""
    levels = np.linspace(-1, 1, kind.tracks) if kind.tracks > 1 else np.zeros(1)
    return levels[np.arange(kind.entries) % kind.tracks]


def make(kind: Kind, seed: int) -> World:
    """Draw a world; the same seed gives the same one."""
    random = np.random.default_rng([seed, kind.entries, kind.judges, kind.each])
    entries, judges = kind.entries, kind.judges
    track = np.arange(entries) % kind.tracks
    quality = random.standard_normal(entries)
    quality += track_means(kind)
    bias = random.normal(0, kind.bias, judges)
    scale = np.exp(random.normal(0, kind.scale, judges) - kind.scale**2 / 2)
    noise = NOISE * np.exp(random.normal(0, kind.noise, judges) - kind.noise**2 / 2)
    panels = _panels(random, kind, track)
    entry, judge = np.repeat(np.arange(entries), kind.each), panels.ravel()
    latent = MIDDLE + bias[judge] + SPREAD * scale[judge] * quality[entry]
    latent += noise[judge] * random.standard_normal(entry.size)
    return World(
        kind,
        judge,
        entry,
        np.clip(np.round(latent), *SCALE),
        quality,
        MIDDLE + bias.mean() + SPREAD * scale.mean() * quality,
        track if kind.tracks > 1 else None,
    )


def _panels(random: np.random.Generator, kind: Kind, track: Integers) -> Integers:
    """Judges of every entry, shape (n_entries, each), spread evenly at random."""
    if kind.each == kind.judges:
        return np.tile(np.arange(kind.judges), (kind.entries, 1))
    if kind.tracks == 1:
        return _dealt(random, np.arange(kind.judges), (kind.entries, kind.each))
    home = np.arange(kind.judges) % kind.tracks
    panels = np.empty((kind.entries, kind.each), dtype=np.int64)
    for t in range(kind.tracks):
        mine = np.flatnonzero(track == t)
        panels[mine] = _dealt(random, np.flatnonzero(home == t), (mine.size, kind.each))
    return _some_swapped(random, panels, 1 - INSIDE, kind.tracks)


def _dealt(random: np.random.Generator, judges: Integers, shape: tuple[int, int]) -> Integers:
    """Even loads dealt at random; who would sit twice with an entry changes seats."""
    seats = np.resize(judges, shape[0] * shape[1])
    random.shuffle(seats)
    return _untwinned(random, seats.reshape(shape))


def _untwinned(random: np.random.Generator, panels: Integers) -> Integers:
    while True:
        ordered = np.sort(panels, axis=1)
        twice = np.flatnonzero((ordered[:, 1:] == ordered[:, :-1]).any(axis=1))
        if not twice.size:
            return panels
        for row in twice.tolist():
            seat, other = int(random.integers(panels.shape[1])), int(random.integers(len(panels)))
            their = int(random.integers(panels.shape[1]))
            panels[row, seat], panels[other, their] = panels[other, their], panels[row, seat]


def _some_swapped(
    random: np.random.Generator, panels: Integers, share: float, tracks: int
) -> Integers:
    """Let a share of the seats be filled from other tracks; loads stay as they are."""
    seats = panels.ravel()
    share *= tracks / (tracks - 1)  # a seat may fall back to its own track
    chosen = np.flatnonzero(random.random(seats.size) < share)
    seats[chosen] = seats[random.permutation(chosen)]
    return _untwinned(random, seats.reshape(panels.shape))
