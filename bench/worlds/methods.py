"""Every method that exists, and the bound of them all, on one made-up competition."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np

from bench.worlds.bound import draw_scores
from bench.worlds.making import SCALE, STEP, World
from competition.scoring import Ratings, score
from competition.scoring.arrays import Floats
from competition.scoring.fits.additive import fit_additive
from competition.scoring.fits.bayes import fit_bayes
from competition.scoring.fits.mixed import fit_mixed
from competition.scoring.fits.scaled import fit_scaled


@dataclass(frozen=True, eq=False)
class Estimate:
    """What a method says; None where it says nothing.

    Attributes
    ----------
    score : float array, shape (n_entries,)
    se : float array, shape (n_entries,), or None
    p_top : float array, shape (n_entries,), or None
    converged : bool
    """

    score: Floats
    se: Floats | None = None
    p_top: Floats | None = None
    converged: bool = True


ON_REQUEST = ("bound",)
"""Left out unless they are named: no methods for competitions, and slow."""


def by_name() -> dict[str, Callable[[World, int], Estimate]]:
    """Every method for numeric scores, simplest first."""
    return {
        **{name: partial(_plain, name) for name in ("mean", "zscore", "minmax", "percentile")},
        "additive": _additive,
        "mixed": _mixed,
        "scaled": _scaled,
        "bayes": _bayes,
        "bound": _bound,
    }


def _plain(name: str, world: World, seed: int) -> Estimate:
    kind = world.kind
    ratings = Ratings(
        judge=world.judge,
        entry=world.entry,
        criterion=np.zeros(world.value.size, dtype=np.int64),
        value=world.value,
        judges=tuple(range(kind.judges)),
        entries=tuple(range(kind.entries)),
    )
    return Estimate(score(ratings, method=name).adjusted)


def _additive(world: World, seed: int) -> Estimate:
    fit = fit_additive(*_columns(world))
    return Estimate(fit.adjusted, fit.se)


def _mixed(world: World, seed: int) -> Estimate:
    fit = fit_mixed(*_columns(world), track=world.track, n_tracks=world.kind.tracks)
    return Estimate(fit.adjusted, fit.joint().sd)


def _scaled(world: World, seed: int) -> Estimate:
    fit = fit_scaled(*_columns(world))
    return Estimate(fit.adjusted, fit.se)


def _bayes(world: World, seed: int) -> Estimate:
    fit = fit_bayes(*_columns(world), scale=SCALE, step=STEP, track=world.track, seed=seed)
    return Estimate(fit.adjusted, fit.se, fit.p_top(world.kind.top), fit.converged)


def _bound(world: World, seed: int) -> Estimate:
    drawn = draw_scores(world, seed)
    place = np.argsort(np.argsort(-drawn, axis=1), axis=1)
    p_top = (place < world.kind.top).mean(axis=0)
    return Estimate(drawn.mean(axis=0), drawn.std(axis=0), p_top)


def _columns(world: World) -> tuple[np.ndarray, np.ndarray, Floats, int, int]:
    return world.judge, world.entry, world.value, world.kind.judges, world.kind.entries
