"""Exact decimal arithmetic on arrays, so that half-up rounding has no float accidents."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import lcm
from typing import Any

import numpy as np
import numpy.typing as npt

from competition.scoring.arrays import Floats, Integers
from competition.scoring.limits import MOST_PLACES

_ROOM = 2**62
_SURE = 2.0**50
_FLOAT_EXACT = 2**53


@dataclass(frozen=True, eq=False)
class Exact:
    """Exact rational numbers, one per place of an array.

    Attributes
    ----------
    numerator : int64 array, or object array of Python integers, shape (n,)
    denominator : int > 0, or an array of them, shape (n,)

    Notes
    -----
    int64 is used while every intermediate value stays below 2**62, Python
    integers beyond, so no operation can overflow.

    Examples
    --------
    The sum .1 + .2 is exactly .3, and 2.675 rounds up, as on paper:

    >>> Exact.of(np.array([0.1, 2.675])).plus(Exact.of(np.array([0.2, 0.0]))).floats()
    array([0.3  , 2.675])
    >>> Exact.of(np.array([2.675, -2.675, 1.005])).rounded(2).floats()
    array([ 2.68, -2.68,  1.01])
    """

    numerator: npt.NDArray[Any]
    denominator: Any

    @classmethod
    def of(cls, values: Floats) -> Exact:
        """The decimals that people meant: each float's shortest decimal form.

        Parameters
        ----------
        values : float array, finite, shape (n,)
        """
        places = _decimal_places(values)
        if places is not None:
            return cls(np.rint(values * 10.0**places).astype(np.int64), 10**places)
        fractions = [Fraction(Decimal(repr(value))) for value in values.tolist()]
        common = lcm(*(fraction.denominator for fraction in fractions))
        numerators = [f.numerator * (common // f.denominator) for f in fractions]
        return cls(np.array(numerators, dtype=object), common)

    def times(self, factor: Fraction) -> Exact:
        """Multiply every number by the same fraction."""
        numerator = _roomy(self.numerator, factor.numerator) * factor.numerator
        return Exact(numerator, _roomy(self.denominator, factor.denominator) * factor.denominator)

    def plus(self, other: Exact) -> Exact:
        """Add number by number."""
        mine, other_denominator = self.denominator, other.denominator
        if _largest(mine) * _largest(other_denominator) >= _ROOM:
            mine = np.asarray(mine).astype(object)
        common = np.lcm(mine, other_denominator)
        left, right = common // mine, common // other_denominator
        total = _roomy(self.numerator, 2 * _largest(left)) * left
        total = total + _roomy(other.numerator, 2 * _largest(right)) * right
        return Exact(total, common if np.ndim(common) else int(common))

    def at(self, index: npt.NDArray[Any]) -> Exact:
        """The numbers at these positions (or where a mask is true)."""
        if isinstance(self.denominator, np.ndarray):
            return Exact(self.numerator[index], self.denominator[index])
        return Exact(self.numerator[index], self.denominator)

    def sums(self, group: Integers, groups: int) -> Exact:
        """Sum the numbers group by group.

        Parameters
        ----------
        group : int array, shape (n,)
        groups : int

        Returns
        -------
        Exact, shape (groups,)
            An empty group has the sum 0.
        """
        numerator = _roomy(self.numerator, max(len(self.numerator), 1))
        total = np.zeros(groups, dtype=numerator.dtype)
        np.add.at(total, group, numerator)
        return Exact(total, self.denominator)

    def over(self, divisor: npt.NDArray[Any]) -> Exact:
        """Divide each number by its own positive integer."""
        largest = int(abs(int(self.denominator)))
        return Exact(self.numerator, _roomy(divisor, largest) * int(self.denominator))

    def rounded(self, places: int | None) -> Exact:
        """Round half up (away from zero) to decimal places; None leaves all as it is."""
        if places is None:
            return self
        unit = 10**places
        numerator = _roomy(self.numerator, 4 * unit)
        denominator = _roomy(self.denominator, 4)
        if numerator.dtype == object and isinstance(denominator, np.ndarray):
            denominator = denominator.astype(object)
        if not isinstance(denominator, np.ndarray) and denominator * 4 >= _ROOM:
            numerator = numerator.astype(object)
        size = (2 * np.abs(numerator) * unit + denominator) // (2 * denominator)
        return Exact(np.where(numerator < 0, -size, size), unit)

    def floats(self) -> Floats:
        """The nearest doubles."""
        numerator, denominator = self.numerator, self.denominator
        if _largest(numerator) >= _FLOAT_EXACT or _largest(denominator) >= _FLOAT_EXACT:
            numerator = numerator.astype(object)
        if isinstance(denominator, np.ndarray) and numerator.dtype == object:
            denominator = denominator.astype(object)
        return np.asarray(numerator / denominator, dtype=np.float64)


def round_half_up(values: Floats, places: int | None, noise: float = 0.0) -> Floats:
    """Round half up in decimal, away from zero, after taking out float noise.

    Parameters
    ----------
    values : float array, shape (n,)
        NaN stays NaN.
    places : int or None
        Decimal places; None = no rounding.
    noise : float
        Differences up to this size are accidents of arithmetic: 8.124999999999998
        means 8.125. 0 takes every float at its shortest decimal form.

    Returns
    -------
    float array, shape (n,)

    Examples
    --------
    >>> round_half_up(np.array([8.124999999999998, np.nan]), 2, noise=1e-9)
    array([8.13,  nan])
    """
    if places is None:
        return values
    result = values.copy()
    there = np.isfinite(values)
    result[there] = without_noise(values[there], noise).rounded(places).floats()
    return result


def without_noise(values: Floats, noise: float) -> Exact:
    """Finite floats as exact decimals on a grid as fine as the noise."""
    if noise <= 0:
        return Exact.of(values)
    places = max(0, int(np.ceil(-np.log10(noise) - 1e-6)))
    if values.size and np.abs(values).max() * 10.0**places >= _SURE:
        return Exact.of(values)
    return Exact(np.rint(values * 10.0**places).astype(np.int64), 10**places)


def _decimal_places(values: Floats) -> int | None:
    """How many places write all values exactly, or None if they need too many digits."""
    left = values
    for places in range(MOST_PLACES + 1):
        if left.size and np.abs(left).max() * 10.0**places >= _SURE:
            return None
        left = left[np.rint(left * 10.0**places) / 10.0**places != left]
        if not left.size:
            sure = not values.size or np.abs(values).max() * 10.0**places < _SURE
            return places if sure else None
    return None


def _largest(numbers: Any) -> int:
    if np.ndim(numbers):
        return int(np.abs(numbers).max()) if numbers.size else 0
    return abs(int(numbers))


def _roomy(numbers: Any, factor: int) -> Any:
    """The same numbers, as Python integers if times `factor` they would outgrow int64."""
    if not isinstance(numbers, np.ndarray):
        return int(numbers)
    if numbers.dtype != object and _largest(numbers) * max(abs(factor), 1) >= _ROOM:
        return numbers.astype(object)
    return numbers
