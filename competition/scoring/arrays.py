"""The array types of the scoring core, and labels turned into positions."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

Floats: TypeAlias = npt.NDArray[np.float64]
Integers: TypeAlias = npt.NDArray[np.int64]
Flags: TypeAlias = npt.NDArray[np.bool_]


def positions(
    labels: Iterable[Hashable], known: Iterable[Hashable] = ()
) -> tuple[Integers, tuple[Hashable, ...]]:
    """Number labels in the order in which they first appear.

    Parameters
    ----------
    labels : iterable of hashable, shape (n,)
    known : iterable of hashable
        Labels that take the first numbers, whether they appear or not.

    Returns
    -------
    index : int array, shape (n,)
    labels : tuple
        Every label once; ``labels[index[k]]`` is the k-th label given.

    Notes
    -----
    One pass over a dictionary: O(n).

    Examples
    --------
    >>> positions(["b", "a", "b"])
    (array([0, 1, 0]), ('b', 'a'))
    """
    plain = labels.tolist() if isinstance(labels, np.ndarray) else list(labels)
    place: dict[Hashable, int] = {}
    for label in known:
        place.setdefault(label, len(place))
    for label in plain:
        place.setdefault(label, len(place))
    index = np.fromiter((place[label] for label in plain), dtype=np.int64, count=len(plain))
    return index, tuple(place)


def group_sums(group: Integers, values: npt.NDArray[Any], groups: int) -> Floats:
    """Sum values group by group.

    Parameters
    ----------
    group : int array, shape (n,)
    values : array, shape (n,)
    groups : int

    Returns
    -------
    float array, shape (groups,)
        0 for an empty group.

    Examples
    --------
    >>> group_sums(np.array([0, 2, 0]), np.array([1.0, 2.0, 4.0]), 3)
    array([5., 0., 2.])
    """
    return np.bincount(group, values, groups).astype(np.float64, copy=False)


def freeze(array: npt.NDArray[np.generic]) -> None:
    """Make an array read-only, so that a frozen object is frozen all through."""
    array.flags.writeable = False


def freeze_all(holder: object) -> None:
    """Make every array that is an attribute of a frozen object read-only."""
    for value in vars(holder).values():
        if isinstance(value, np.ndarray):
            freeze(value)
