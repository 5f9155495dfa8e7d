"""How many judges an entry needs: what n judges would give."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from competition.scoring.arrays import Flags, Floats, Integers
from competition.scoring.diagnostics.generalizability import VarianceComponents
from competition.scoring.errors import NotEnoughData

GOALS = (0.7, 0.8, 0.9)
"""Reliabilities for which the number of judges is given."""

_NUMBERS = 200_000
"""Scores simulated for each number of judges."""

_DRAWS, _CUT = 180, 4
"""Draws of a posterior, and how many lie beyond the one that ends a tail of 2.5 %."""


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
