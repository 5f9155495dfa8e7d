"""Half-up rounding is exact in decimal, whatever doubles do."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from competition.scoring import round_half_up
from competition.scoring.rounding import Exact

DECIMALS = st.decimals(
    min_value=-10_000, max_value=10_000, allow_nan=False, allow_infinity=False, places=4
)


@pytest.mark.parametrize(
    ("value", "places", "expected"),
    [
        (2.675, 2, 2.68),  # the double is below 2.675
        (1.005, 2, 1.01),
        (0.125, 2, 0.13),  # the double is exact, and half to even would give .12
        (-0.125, 2, -0.13),
        (8.5, 0, 9.0),
        (9.995, 2, 10.0),
        (0.004999999, 2, 0.0),
        (1e14 + 0.5, 0, 1e14 + 1),
    ],
)
def test_rounding_a_decimal_at_the_half_goes_away_from_zero(
    value: float, places: int, expected: float
) -> None:
    assert round_half_up(np.array([value]), places).tolist() == [expected]


@given(st.lists(DECIMALS, min_size=1, max_size=8), st.integers(0, 4))
def test_rounding_decimals_gives_what_the_decimal_module_gives(
    numbers: list[Decimal], places: int
) -> None:
    ours = round_half_up(np.array([float(number) for number in numbers]), places)
    unit = Decimal(1).scaleb(-places)
    assert ours.tolist() == [float(n.quantize(unit, ROUND_HALF_UP)) for n in numbers]


@given(
    st.lists(DECIMALS, min_size=1, max_size=9),
    st.sampled_from([Decimal("0.8"), Decimal("1.6"), Decimal("33.3333")]),
    st.integers(0, 3),
)
def test_averaging_and_weighting_decimals_gives_what_fractions_give(
    numbers: list[Decimal], factor: Decimal, places: int
) -> None:
    floats = np.array([float(number) for number in numbers])
    total = Exact.of(floats).sums(np.zeros(len(numbers), dtype=np.int64), 1)
    ours = total.over(np.array([len(numbers)])).times(Fraction(factor)).rounded(places)
    exact = sum(map(Fraction, numbers), Fraction(0)) / len(numbers) * Fraction(factor)
    size = (abs(exact) * 10**places * 2 + 1) // 2
    assert ours.numerator.tolist() == [size if exact >= 0 else -size]


@given(st.lists(st.floats(-1e15, 1e15), min_size=1, max_size=5))
def test_reading_any_double_keeps_its_shortest_decimal(values: list[float]) -> None:
    exact = Exact.of(np.array(values))
    ours = [Fraction(int(n), int(exact.denominator)) for n in exact.numerator]
    assert ours == [Fraction(Decimal(repr(value))) for value in values]


def test_rounding_huge_sums_does_not_overflow() -> None:
    values = np.full(1000, 999_999_999_999.995)
    total = Exact.of(values).sums(np.zeros(1000, dtype=np.int64), 1)
    assert total.over(np.array([1000])).rounded(2).floats().tolist() == [1e12]


def test_adding_numbers_with_their_own_denominators_stays_exact() -> None:
    left = Exact(np.array([1, 1]), np.array([3, 7]))
    right = Exact(np.array([1, 5]), 6)
    ours = left.plus(right)
    sums = [Fraction(int(n), int(d)) for n, d in zip(ours.numerator, ours.denominator, strict=True)]
    assert sums == [Fraction(1, 2), Fraction(41, 42)]


def test_rounding_without_places_changes_nothing() -> None:
    values = np.array([1 / 3, np.nan])
    assert np.array_equal(round_half_up(values, None), values, equal_nan=True)


def test_rounding_after_least_squares_takes_out_float_noise() -> None:
    below_half = np.array([8.125 - 2e-15, 8.125 + 2e-15, 8.1249])
    assert round_half_up(below_half, 2, noise=1e-9).tolist() == [8.13, 8.13, 8.12]
