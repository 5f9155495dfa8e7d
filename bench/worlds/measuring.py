"""How near an estimate comes to the truth, and whether it knows how near."""

from __future__ import annotations

import time

import numpy as np

from bench.worlds.making import KINDS, World, make
from bench.worlds.methods import Estimate, by_name
from competition.scoring.arrays import Floats

FIGURES = ("tau", "hits", "cover", "predicted", "seconds", "converged")


def repetition(task: tuple[str, int, tuple[str, ...]]) -> dict[str, dict[str, float]]:
    """One world under several methods: method -> figure -> value."""
    name, seed, chosen = task
    world = make(KINDS[name], seed)
    every = by_name()
    figures = {}
    for method in chosen:
        start = time.process_time()
        estimate = every[method](world, seed)
        figures[method] = measured(world, estimate) | {"seconds": time.process_time() - start}
    return figures


def measured(world: World, estimate: Estimate) -> dict[str, float]:
    """Figures of one estimate; NaN where the method makes no such statement."""
    top, nothing = world.kind.top, float("nan")
    score = np.round(estimate.score, 9)
    chosen = np.argsort(-score, kind="stable")[:top]
    best = np.argsort(-world.quality)[:top]
    figures = {
        "tau": kendall_tau(score, world.quality),
        "hits": len(set(chosen.tolist()) & set(best.tolist())) / top,
        "cover": nothing,
        "predicted": nothing,
        "converged": float(estimate.converged),
    }
    if estimate.se is not None:
        inside = np.abs(estimate.score - world.score) <= 1.959964 * estimate.se
        figures["cover"] = float(inside.mean())
    if estimate.p_top is not None:
        chosen = np.argsort(-estimate.p_top, kind="stable")[:top]
        figures["predicted"] = float(estimate.p_top[chosen].mean())
    return figures


def kendall_tau(first: Floats, second: Floats) -> float:
    """Kendall's tau-a: concordant less discordant pairs, over all pairs.

    Examples
    --------
    >>> kendall_tau(np.array([1.0, 2.0, 2.0]), np.array([1.0, 2.0, 3.0]))
    0.6666666666666666
    """
    agree = np.sign(first[:, None] - first) * np.sign(second[:, None] - second)
    return float(agree.sum() / (first.size * (first.size - 1)))
