"""Who may sit in one place of a panel when the others stay."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from competition.assigning.positions import Booleans, Integers, Positions, taken_by_others


@dataclass(frozen=True)
class Room:
    """What a plan may change into.

    Attributes
    ----------
    movable : bool array, shape (n_entries, n_judges)
        Pairs that may be taken away.
    least_affinity : float
    low, high : int arrays, shape (n_judges,)
        Bounds of the loads, fixed pairs included.
    is_expert : bool array, shape (n_entries, n_judges)
        An entry with an expert keeps one.
    """

    movable: Booleans
    least_affinity: float
    low: Integers
    high: Integers
    is_expert: Booleans


def able_beside(
    positions: Positions,
    is_expert: Booleans,
    entries: Integers,
    others: Booleans,
    before: Booleans,
) -> Booleans:
    """Judges who may join these others without breaking a rule; loads are not looked at.

    Parameters
    ----------
    positions : Positions
    is_expert : bool array, shape (n_entries, n_judges)
        Where there was an expert, there stays one.
    entries : int array, shape (n_rows,)
        An entry may come several times.
    others, before : bool arrays, shape (n_rows, n_judges)
        The panel without the one judge, and with.

    Returns
    -------
    bool array, shape (n_rows, n_judges)
    """
    able = positions.open[entries] & ~others
    for number in range(len(positions.kinds)):
        of_kind = positions.kind == number
        lacking = positions.need[entries, number] & ~others[:, of_kind].any(axis=1)
        able &= of_kind | ~lacking[:, np.newaxis]
    if positions.single.any():
        able &= ~taken_by_others(others, positions.organization, positions.single[entries])
    expert = is_expert[entries]
    may_lose = (expert & others).any(axis=1) | np.logical_not((expert & before).any(axis=1))
    able &= expert | may_lose[:, np.newaxis]
    return able
