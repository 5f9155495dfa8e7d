"""Every method that exists, on one made-up competition."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec

import numpy as np

from bench.worlds.making import SCALE, STEP, World
from competition.scoring import Ratings, score
from competition.scoring.arrays import Floats
from competition.scoring.fits.additive import fit_additive
from competition.scoring.fits.bayes import fit_bayes
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


def by_name() -> dict[str, Callable[[World, int], Estimate]]:
    """The methods present in this version, simplest first."""
    found: dict[str, Callable[[World, int], Estimate]] = {
        name: _official(name) for name in ("mean", "zscore")
    }
    if _exists("standardized"):
        found |= {name: _standardized(name) for name in ("minmax", "percentile")}
    found["additive"] = _additive
    if _exists("mixed"):
        found["mixed"] = _mixed
    found["scaled"] = _scaled
    found["bayes"] = _bayes
    return found


def absent() -> list[str]:
    """Methods that this version does not have yet."""
    return [name for name in ("minmax", "percentile", "mixed") if name not in by_name()]


def _exists(model: str) -> bool:
    return find_spec(f"competition.scoring.fits.{model}") is not None


def _official(method: str) -> Callable[[World, int], Estimate]:
    """A method as the engine applies it."""

    def estimate(world: World, seed: int) -> Estimate:
        ratings = Ratings(
            judge=world.judge,
            entry=world.entry,
            criterion=np.zeros_like(world.judge),
            value=world.value,
            judges=tuple(range(world.kind.judges)),
            entries=tuple(range(world.kind.entries)),
        )
        return Estimate(score(ratings, method=method).adjusted)

    return estimate


def _standardized(name: str) -> Callable[[World, int], Estimate]:
    def estimate(world: World, seed: int) -> Estimate:
        module = import_module("competition.scoring.fits.standardized")
        return Estimate(getattr(module, name)(*_columns(world)).value)

    return estimate


def _additive(world: World, seed: int) -> Estimate:
    fit = fit_additive(*_columns(world))
    return Estimate(fit.adjusted, fit.se)


def _mixed(world: World, seed: int) -> Estimate:
    fit_mixed = import_module("competition.scoring.fits.mixed").fit_mixed
    fit = fit_mixed(*_columns(world), track=world.track, n_tracks=world.kind.tracks)
    return Estimate(fit.adjusted, fit.joint().sd)


def _scaled(world: World, seed: int) -> Estimate:
    fit = fit_scaled(*_columns(world))
    return Estimate(fit.adjusted, fit.se)


def _bayes(world: World, seed: int) -> Estimate:
    fit = fit_bayes(*_columns(world), scale=SCALE, step=STEP, track=world.track, seed=seed)
    return Estimate(fit.adjusted, fit.se, fit.p_top(world.kind.top), fit.converged)


def _columns(world: World) -> tuple[np.ndarray, np.ndarray, Floats, int, int]:
    return world.judge, world.entry, world.value, world.kind.judges, world.kind.entries
