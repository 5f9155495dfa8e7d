"""How many judges an entry needs: variance components, and what n judges would give."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from competition.scoring.arrays import Flags, Floats, Integers
from competition.scoring.errors import NotEnoughData

GOALS = (0.7, 0.8, 0.9)
"""Reliabilities for which the number of judges is given."""

_NUMBERS = 200_000
"""Scores simulated for each number of judges."""

_DRAWS, _CUT = 180, 4
"""Draws of a posterior, and how many lie beyond the one that ends a tail of 2.5 %."""


@dataclass(frozen=True)
class VarianceComponents:
    """Where differences between ratings come from, in points squared.

    Attributes
    ----------
    entry, judge : float
        Between entries; between judges' severities.
    residual : float
        Rest of one rating: judges' disagreement on entries, and noise.
    criterion, entry_criterion, judge_criterion, entry_judge : float
        0 without criteria; then `entry_judge` is part of the residual. Estimates
        by expected mean squares may be negative; negative counts as 0 in a plan.
    n_criteria : int
        Criteria of a scorecard; its score is their mean.
    """

    entry: float
    judge: float
    residual: float
    criterion: float = 0.0
    entry_criterion: float = 0.0
    judge_criterion: float = 0.0
    entry_judge: float = 0.0
    n_criteria: int = 1

    @property
    def true(self) -> float:
        """Variance of the entries' true scores on these criteria."""
        return _positive(self.entry) + _positive(self.entry_criterion) / self.n_criteria

    @property
    def relative_error(self) -> float:
        """Error variance of one judge's score, the judge's severity taken out."""
        return _positive(self.entry_judge) + _positive(self.residual) / self.n_criteria

    @property
    def absolute_error(self) -> float:
        """Error variance of one judge's score, the judge's severity in it."""
        severity = _positive(self.judge) + _positive(self.judge_criterion) / self.n_criteria
        return self.relative_error + severity


def _positive(variance: float) -> float:
    """Negative estimates count as 0; NaN stays unknown."""
    return 0.0 if variance < 0 else variance


_UNKNOWN = VarianceComponents(float("nan"), float("nan"), float("nan"))


def g_study(
    judge: Integers,
    entry: Integers,
    value: Floats,
    *,
    criterion: Integers | None = None,
) -> VarianceComponents:
    """Variance components by expected mean squares.

    Parameters
    ----------
    judge, entry : int array, shape (n_ratings,)
    value : float array, shape (n_ratings,)
    criterion : int array, shape (n_ratings,), optional

    Returns
    -------
    VarianceComponents
        Entry, judge and residual NaN unless every judge rated every entry on
        every criterion exactly once, with at least two of each: for other
        designs the expected mean squares are others, and REML is the way.

    Notes
    -----
    Entry x judge: ``MS_e = s2 + J s2_e``, ``MS_j = s2 + I s2_j``, ``MS_r = s2``.
    With criteria all seven components of the random model follow from the seven
    mean squares, the highest interaction being the residual. Not clipped.
    O(n_ratings).

    Source: Brennan 2001, Generalizability Theory, chapters 2 and 3; Cornfield and
    Tukey 1956, Annals of Mathematical Statistics 27:907 (expected mean squares).

    Examples
    --------
    >>> entry, judge = np.indices((3, 2)).reshape(2, -1)
    >>> found = g_study(judge, entry, np.array([1.0, 2, 4, 5, 7, 9]))
    >>> round(found.entry, 4), round(found.judge, 4), round(found.residual, 4)
    (10.5, 0.8333, 0.1667)
    """
    facets = [entry, judge] if criterion is None else [entry, judge, criterion]
    numbered = [np.unique(facet, return_inverse=True) for facet in facets]
    sizes = [members.size for members, _ in numbered]
    cells = int(np.prod(sizes))
    place = np.zeros(value.size, dtype=np.int64)
    for (_, index), size in zip(numbered, sizes, strict=True):
        place = place * size + index
    is_crossed = value.size == cells and np.unique(place).size == cells
    if not is_crossed or min(sizes, default=0) < 2:
        return _UNKNOWN
    table = np.empty(cells)
    table[place] = value
    table = table.reshape(sizes)
    if criterion is None:
        mean = _mean_squares(table)
        n_entries, n_judges = sizes
        rest = mean[0, 1]
        return VarianceComponents((mean[0,] - rest) / n_judges, (mean[1,] - rest) / n_entries, rest)
    return _three_way(table)


def _three_way(table: Floats) -> VarianceComponents:
    mean = _mean_squares(table)
    i, j, c = table.shape
    rest = mean[0, 1, 2]
    return VarianceComponents(
        entry=(mean[0,] - mean[0, 1] - mean[0, 2] + rest) / (j * c),
        judge=(mean[1,] - mean[0, 1] - mean[1, 2] + rest) / (i * c),
        residual=rest,
        criterion=(mean[2,] - mean[0, 2] - mean[1, 2] + rest) / (i * j),
        entry_criterion=(mean[0, 2] - rest) / j,
        judge_criterion=(mean[1, 2] - rest) / i,
        entry_judge=(mean[0, 1] - rest) / c,
        n_criteria=c,
    )


def _mean_squares(table: Floats) -> dict[tuple[int, ...], float]:
    """Mean square of every effect of a crossed table, by the axes that it involves."""
    axes = range(table.ndim)
    effects: dict[tuple[int, ...], Floats] = {(): table.mean(keepdims=True)}
    found = {}
    for code in sorted(range(1, 1 << table.ndim), key=int.bit_count):
        own = tuple(axis for axis in axes if code >> axis & 1)
        others = tuple(axis for axis in axes if axis not in own)
        effect = table.mean(axis=others, keepdims=True) if others else table.copy()
        for part, known in effects.items():
            if set(part) < set(own):
                effect = effect - known
        effects[own] = effect
        freedom = int(np.prod([table.shape[axis] - 1 for axis in own]))
        repeats = table.size // effect.size
        found[own] = repeats * float(np.sum(effect**2)) / freedom
    return found


@dataclass(frozen=True, eq=False)
class Plan:
    """What n judges an entry would give, for each n.

    All arrays have shape (n_plans,).

    Attributes
    ----------
    n_judges : int array
    reliability : float array
        Generalizability coefficient: all entries by the same judges, or the
        judges' severities taken out.
    dependability : float array
        Phi: other judges for each entry, and their severities left in.
    se, se_absolute : float array
        Standard error of an entry's score in points, in the two cases.
    tau : float array
        Expected Kendall tau between the ranking and the true one.
    top_hits : float array
        Expected share of the true top k within the top k.
    rank_width : float array
        Mean number of ranks in the entries' 95 % intervals of rank.
    judge_hours : float array
        Entries x judges x minutes; NaN without minutes.
    needed : dict of float to int or None
        Smallest n, however large, for each reliability of `GOALS`; None where
        no n reaches it because entries do not differ.
    top, n_entries : int
    """

    n_judges: Integers
    reliability: Floats
    dependability: Floats
    se: Floats
    se_absolute: Floats
    tau: Floats
    top_hits: Floats
    rank_width: Floats
    judge_hours: Floats
    needed: dict[float, int | None]
    top: int
    n_entries: int


def d_study(
    components: VarianceComponents,
    *,
    n_entries: int,
    n_judges: Sequence[int] = range(1, 11),
    top: int = 10,
    minutes: float = float("nan"),
    seed: int = 0,
) -> Plan:
    """Expected reliability and rank uncertainty for n judges an entry.

    Parameters
    ----------
    components : VarianceComponents
    n_entries : int
        At least 2.
    n_judges : sequence of int
    top : int
        Seats for `top_hits`; at most n_entries counts.
    minutes : float
        Of one judge for one entry.
    seed : int

    Returns
    -------
    Plan

    Raises
    ------
    NotEnoughData
        A component is unknown, fewer than two entries, or less than one judge.

    Notes
    -----
    With T the variance of true scores (criteria fixed: ``s2_e + s2_ec / C``), and D
    and A the error variances of one judge's score without and with severity:
    ``reliability = T / (T + D/n)``, ``dependability = T / (T + A/n)``,
    ``tau = 2/pi asin(sqrt(reliability))`` for normal scores; the reliability R
    needs ``n = R / (1 - R) D / T``. Hits and rank intervals are simulated for
    normal scores at that reliability, the intervals from joint draws of the true
    scores given the observed. Judges' severities are taken as known: where every
    judge saw few entries, a little more is needed.

    Cost: under a million simulated scores for each n, up to 1,000 entries.

    Source: Brennan 2001, Generalizability Theory, chapters 2 (one facet), 4 and 5
    (several, fixed ones among them); Greiner 1909, Zeitschrift fuer Mathematik und
    Physik 57:121 (tau of normal scores).

    Examples
    --------
    >>> plan = d_study(VarianceComponents(4.0, 1.0, 4.0), n_entries=50, n_judges=(1, 3))
    >>> plan.reliability, plan.dependability.round(4), plan.needed
    (array([0.5 , 0.75]), array([0.4444, 0.7059]), {0.7: 3, 0.8: 4, 0.9: 9})
    """
    true, relative, absolute = (
        components.true,
        components.relative_error,
        components.absolute_error,
    )
    number = np.array(list(n_judges), dtype=np.int64)
    is_known = bool(np.isfinite([true, relative, absolute]).all())
    if n_entries < 2 or not is_known or (number < 1).any():
        raise NotEnoughData(
            what="plan", entries=n_entries, least=2, judges=number.tolist(), is_known=is_known
        )
    reliability = _share(true, relative / number)
    hits, widths = _simulated(reliability, n_entries, min(top, n_entries), seed)
    return Plan(
        n_judges=number,
        reliability=reliability,
        dependability=_share(true, absolute / number),
        se=np.sqrt(relative / number),
        se_absolute=np.sqrt(absolute / number),
        tau=2 / np.pi * np.arcsin(np.sqrt(reliability)),
        top_hits=hits,
        rank_width=widths,
        judge_hours=n_entries * number * minutes / 60,
        needed={goal: _needed(goal, true, relative) for goal in GOALS},
        top=top,
        n_entries=n_entries,
    )


def _share(true: float, error: Floats) -> Floats:
    """Share of the true variance; NaN where nothing varies at all."""
    whole = true + error
    unknown = np.full(error.size, np.nan)
    return np.asarray(np.divide(true, whole, out=unknown, where=whole > 0))


def _needed(goal: float, true: float, error: float) -> int | None:
    if true <= 0:
        return None
    exact = goal / (1 - goal) * error / true
    return max(1, int(np.ceil(exact - 1e-9)))


def _simulated(reliability: Floats, n_entries: int, top: int, seed: int) -> tuple[Floats, Floats]:
    """Share of the true top k found, and mean number of ranks in a 95 % interval.

    The same random numbers serve every reliability, so that the curves are smooth.
    """
    random = np.random.default_rng(seed)
    repeats = int(np.clip(_NUMBERS // n_entries, 20, 2_000))
    truth = random.standard_normal((repeats, n_entries))
    noise = random.standard_normal((repeats, n_entries))
    sets = int(np.clip(_NUMBERS // (n_entries * _DRAWS), 1, min(20, repeats)))
    posterior = random.standard_normal((sets, _DRAWS, n_entries))
    is_best = _is_top(truth, top)
    hits, widths = np.full((2, reliability.size), np.nan)
    for k, share in enumerate(reliability.tolist()):
        if np.isnan(share):
            continue
        seen = np.sqrt(share) * truth + np.sqrt(1 - share) * noise
        hits[k] = np.sum(is_best & _is_top(seen, top)) / (repeats * top)
        known = np.sqrt(share) * seen[:sets, None]
        widths[k] = _interval_size(known + np.sqrt(1 - share) * posterior)
    return hits, widths


def _interval_size(values: Floats) -> float:
    """Mean number of ranks between the tails of 2.5 %; values of shape (sets, draws, n)."""
    entries = values.shape[2]
    # Short integers side by side are sorted faster than anything else selects from them.
    place = np.arange(entries, dtype=np.int16 if entries < 2**15 else np.int32)
    rank = np.empty(values.shape, dtype=place.dtype)
    order = np.argsort(values, axis=2)
    np.put_along_axis(rank, order, np.broadcast_to(place, order.shape), axis=2)
    of_entry: npt.NDArray[Any] = np.ascontiguousarray(rank.swapaxes(1, 2))
    of_entry.sort(axis=2)
    low, high = of_entry[:, :, _CUT], of_entry[:, :, -1 - _CUT]
    return float(np.mean(high - low)) + 1


def _is_top(values: Floats, top: int) -> Flags:
    last = np.partition(values, -top, axis=1)[:, -top]
    return np.asarray(values >= last[:, None])
