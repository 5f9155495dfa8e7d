"""The maximum of the restricted likelihood, by Newton steps with the average information."""

from __future__ import annotations

import numpy as np

from competition.scoring.arrays import Flags, Floats, Integers, group_sums
from competition.scoring.errors import NotConverged, NotEnoughData
from competition.scoring.fits.likelihood import Point, Profile

MOST_EVALUATIONS = 200
MOST_RATIO = 1e7
"""A variance ratio beyond this says that there is no residual variance."""

_MUCH = 1e4
"""A ratio beyond this, still growing when the evaluations end, says the same."""

_PRECISION = 1e-15
"""Newton stops when the criterion can fall by no more than this, per score."""

_SMALL = 100
"""Columns up to which a second climb costs nothing worth saving."""

_FLAT = 3e-6
"""Slope by the logarithm of the ratios that a maximum may show, per root of scores; where
the residual variance falls to 0 it stays above, however small the steps."""

_GOOD_ENOUGH = 1e-7
"""A fall that float noise hides."""


def maximize(profile: Profile, start: tuple[float, float]) -> tuple[Point, int]:
    """The variance ratios of greatest restricted likelihood.

    Small tables can have more than one maximum: they are also climbed from ratios of 1.

    Returns
    -------
    point : Point
    evaluations : int

    Raises
    ------
    NotEnoughData
        The likelihood has no maximum because there is no residual variance.
    NotConverged

    Notes
    -----
    Newton steps with the average information (Gilmour, Thompson and Cullis 1995)
    on the ratios, which may be 0. A step takes a ratio to no less than a quarter,
    or to 0 if the ratio's own Newton step passes 0. Where that leads uphill, every
    ratio goes to its fixed point ``ratio * y'PZZ'Py / (sigma2 tr PZZ')``. A step
    that does not lower the criterion enough is halved.
    """
    point, evaluations = _climb(profile, start)
    if profile.crossing.n_cols > _SMALL:
        return point, evaluations
    try:
        other, more = _climb(profile, (1.0, 1.0))
    except (NotConverged, NotEnoughData):
        return point, evaluations
    better = other.criterion < point.criterion - _GOOD_ENOUGH
    return (other if better else point), evaluations + more


def _climb(profile: Profile, start: tuple[float, float]) -> tuple[Point, int]:
    point = profile.at(*start)
    for evaluations in range(1, MOST_EVALUATIONS):
        ratio = np.array(point.ratio)
        if ratio.max() > MOST_RATIO:
            raise NotEnoughData(needs="residual_variance", scores=profile.count)
        free = (ratio > 0) | (point.gradient < 0)
        newton = _newton(point, free)
        expected = -float(point.gradient @ newton)
        steepest = float(np.abs(np.where(free, point.gradient * ratio, 0)).max())
        flat = steepest < _FLAT * np.sqrt(profile.count)
        better = None
        if expected >= _PRECISION * profile.count:
            better = _better(profile, point, _within_bounds(point, ratio + newton))
        elif flat:
            return point, evaluations
        if better is None:
            better = _better(profile, point, _careful_target(point, free))
        if better is None:
            if flat and expected < _GOOD_ENOUGH:
                return point, evaluations
            break
        point = better
    if max(point.ratio) > _MUCH:
        raise NotEnoughData(needs="residual_variance", scores=profile.count)
    raise NotConverged(what="reml", evaluations=MOST_EVALUATIONS)


def _newton(point: Point, free: Flags) -> Floats:
    """The step of the ratios that are not held at 0."""
    step = np.zeros(2)
    chosen = np.flatnonzero(free)
    if chosen.size:
        matrix = point.information[np.ix_(chosen, chosen)]
        step[chosen] = -np.linalg.lstsq(matrix, point.gradient[chosen], rcond=1e-12)[0]
    return step


def _within_bounds(point: Point, target: Floats) -> Floats:
    """The target with no ratio below a quarter of what it is, except 0 itself."""
    ratio = np.array(point.ratio)
    low = np.where(_falls_to_zero(point), 0.0, ratio / 4)
    return np.where(target < low, low, np.minimum(target, 8 * ratio + 1))


def _careful_target(point: Point, free: Flags) -> Floats:
    """Each ratio downhill by itself: to its fixed point, or to 0."""
    ratio = np.array(point.ratio)
    score = np.array([np.vdot(x, x) for x in (point.row_score, point.col_score)])
    square = score / point.sigma2
    change = np.clip(square / np.maximum(point.gradient + square, 1e-300), 0.05, 20.0)
    own = np.maximum(point.information.diagonal(), 1e-300)
    result = np.where(ratio > 0, ratio * change, np.minimum(-point.gradient / own, 1.0))
    return np.where(free, np.where(_falls_to_zero(point), 0.0, result), ratio)


def _falls_to_zero(point: Point) -> Flags:
    """Whether a ratio's own Newton step passes 0."""
    reach = np.array(point.ratio) * point.information.diagonal()
    return np.asarray((point.gradient > 0) & (reach <= point.gradient))


def _better(profile: Profile, point: Point, target: Floats) -> Point | None:
    """A point on the way to the target that lowers the criterion; None = there is none."""
    here = np.array(point.ratio)
    noise = 1e-13 * max(1.0, abs(point.criterion))
    slope = float(point.gradient @ (target - here))
    if slope >= 0 or target.min() < 0:
        return None
    for halving in range(30):
        found = profile.at(*(here + (target - here) / 2**halving).tolist())
        if found.criterion <= point.criterion + 1e-4 * slope / 2**halving + noise:
            return found
    return None


def moment_ratios(
    row: Integers, col: Integers, value: Floats, sizes: tuple[int, int]
) -> tuple[float, float]:
    """A start: variances from the spread within rows, within columns and in all.

    Notes
    -----
    Under random assignment the mean squares within rows, within columns and in
    all have the expectations c + e, r + e and r + c + e (Henderson 1953, method I).
    """
    total = float(value @ value) / max(value.size - 1, 1)
    inside = []
    for index, size in zip((row, col), sizes, strict=True):
        number = np.bincount(index, minlength=size)
        sums = group_sums(index, value, size)
        between = float(np.sum(sums**2 / np.maximum(number, 1)))
        inside.append((float(value @ value) - between) / max(value.size - size, 1))
    residual = max(inside[0] + inside[1] - total, 0.05 * total, 1e-300)
    ratios = [max(total - part, 0.02 * residual) / residual for part in inside]
    return ratios[0], ratios[1]
