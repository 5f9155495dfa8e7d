"""Scores made ready for the sampler: in natural units, as intervals, once for every chain."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from competition.scoring.arrays import Floats, Integers
from competition.scoring.fits.additive import AdditiveFit


@dataclass(frozen=True, eq=False)
class Data:
    """The scores of one set of judges and entries, all of which have scores, judge by judge.

    Attributes
    ----------
    judge, entry : int array, shape (n_scores,)
    value : float array, shape (n_scores,)
        In natural units: (score - centre) / unit.
    weight : float array, shape (n_scores,), or None
    low, high : float array, shape (n_scores,), or None
        Interval in which the score lay before it was rounded; None = scores are exact.
    track : int array, shape (n_entries,)
    n_judges, n_entries, n_tracks : int
    centre, unit : float
        Mean and standard deviation of the least-squares scores, in points.
    start_entry, start_judge : float array, shapes (n_entries,) and (n_judges,)
        Least-squares scores of entries and effects of judges, in natural units.
    start_sd : float
        Least-squares residual standard deviation, in natural units.
    """

    judge: Integers
    entry: Integers
    value: Floats
    weight: Floats | None
    low: Floats | None
    high: Floats | None
    track: Integers
    n_judges: int
    n_entries: int
    n_tracks: int
    centre: float
    unit: float
    start_entry: Floats
    start_judge: Floats
    start_sd: float


@dataclass(frozen=True, eq=False)
class Given:
    """The scores as they were handed in, without those of weight 0.

    Attributes
    ----------
    judge, entry : int array, shape (n_scores,)
    value : float array, shape (n_scores,)
    weight : float array, shape (n_scores,), or None
    scale : (lowest, highest) or None
    step : float or None
    track : int array, shape (n_entries,), or None
    """

    judge: Integers
    entry: Integers
    value: Floats
    weight: Floats | None
    scale: tuple[float, float] | None
    step: float | None
    track: Integers | None


def prepare(given: Given, fit: AdditiveFit) -> tuple[Data, Integers, Integers]:
    """Natural units and numbering without gaps, from a least-squares fit.

    Parameters
    ----------
    given : Given
    fit : AdditiveFit
        With degrees of freedom, and not all scores equal.

    Returns
    -------
    data : Data
    judges, entries : int array
        The members that have scores, in the order of `data`.
    """
    entries = np.flatnonzero(fit.component >= 0)
    judges = np.flatnonzero(np.isfinite(fit.severity))
    of_entry, of_judge = fit.adjusted[entries], fit.severity[judges]
    centre, unit = float(of_entry.mean()), float(of_entry.std())
    spread = float(given.value.std())
    unit = max(unit, 1e-3 * spread)
    order = np.argsort(given.judge, kind="stable")
    low = high = None
    if given.step is not None:
        low, high = intervals(given.value, given.scale, given.step)
        low, high = (low - centre)[order] / unit, (high - centre)[order] / unit
    track = np.zeros(entries.size, dtype=np.int64)
    if given.track is not None:
        track = np.unique(given.track[entries], return_inverse=True)[1].astype(np.int64)
    # A perfect fit still needs a noise to start from.
    noise = max(float(np.sqrt(fit.sigma2)), 0.01 * spread)
    data = Data(
        judge=np.searchsorted(judges, given.judge[order]),
        entry=np.searchsorted(entries, given.entry[order]),
        value=(given.value[order] - centre) / unit,
        weight=None if given.weight is None else given.weight[order],
        low=low,
        high=high,
        track=track,
        n_judges=judges.size,
        n_entries=entries.size,
        n_tracks=int(track.max()) + 1,
        centre=centre,
        unit=unit,
        start_entry=(of_entry - centre) / unit,
        start_judge=-of_judge / unit,
        start_sd=noise / unit,
    )
    return data, judges, entries


def intervals(
    value: Floats, scale: tuple[float, float] | None, step: float
) -> tuple[Floats, Floats]:
    """Where each score lay before it was rounded to the step and cut at the scale's ends.

    Examples
    --------
    >>> low, high = intervals(np.array([1.0, 4.0, 10.0]), (1, 10), 1)
    >>> low.tolist(), high.tolist()
    ([-inf, 3.5, 9.5], [1.5, 4.5, inf])
    """
    low, high = value - step / 2, value + step / 2
    if scale is not None:
        tiny = step * 1e-6
        low[value <= scale[0] + tiny] = -np.inf
        high[value >= scale[1] - tiny] = np.inf
    return low, high
