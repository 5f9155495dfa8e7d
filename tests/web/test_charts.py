"""Positions on charts."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from competition.models import LocalText
from competition.web.charts import Axis, axis_for, nice_ticks, plain, rank_axis, ruler, slopes
from tests.web.gallery import CRITERIA, ACriterion, ALevel

FINITE = st.floats(-1e6, 1e6, allow_nan=False)


def test_placing_values_gives_percent_of_the_width_held_within() -> None:
    axis = Axis(50, 100, (50, 75, 100))
    shown = [axis.at(value) for value in (50, Decimal("87.5"), 100, 20, 130)]
    assert shown == ["0.00%", "75.00%", "100.00%", "0.00%", "100.00%"]


@given(st.floats(-1e4, 1e4), st.floats(0.1, 1e6), st.integers(2, 7))
def test_choosing_ticks_stays_within_the_axis_and_the_number_asked(
    low: float, span: float, most: int
) -> None:
    ticks = nice_ticks(low, low + span, most)
    slack = span * 1e-6
    assert 1 <= len(ticks) <= most
    assert all(low - slack <= tick <= low + span + slack for tick in ticks)


@given(st.lists(FINITE, min_size=1, max_size=20))
def test_making_an_axis_leaves_every_value_inside(values: list[float]) -> None:
    axis = axis_for(values)
    assert axis.low < min(values) <= max(values) < axis.high


def test_making_an_axis_of_unknown_values_still_gives_one() -> None:
    axis = axis_for([None, float("nan")])
    assert axis.low < axis.high


def test_making_an_axis_of_ranks_begins_at_the_first() -> None:
    axis = rank_axis(16)
    assert (axis.low, axis.high, axis.ticks) == (0.5, 16.5, (1.0, 5, 10, 15))


def test_labelling_a_negative_tick_uses_a_true_minus() -> None:
    assert Axis(-6, 6, ()).label(-3.0) == "\u22123"


def test_drawing_a_scale_of_ten_puts_each_level_under_two_cells() -> None:
    drawn = ruler(CRITERIA[0])
    assert drawn is not None
    assert [plain(cell) for cell in drawn.cells] == [str(n) for n in range(1, 11)]
    assert drawn.spans == (2, 2, 2, 2, 2)
    assert sorted(drawn.ends) == [2, 4, 6, 8]


def test_drawing_a_scale_of_many_steps_is_left_to_a_number_field() -> None:
    assert ruler(CRITERIA[2]) is None


def test_drawing_levels_with_a_gap_does_not_align_them_with_cells() -> None:
    gap = (
        ALevel(Decimal(1), Decimal(3), LocalText(en="low")),
        ALevel(Decimal(5), Decimal(10), LocalText(en="high")),
    )
    drawn = ruler(ACriterion(1, LocalText(en="x"), levels=gap))
    assert drawn is not None
    assert (drawn.spans, drawn.ends) == ((), frozenset())


@pytest.mark.parametrize(
    ("value", "text"),
    [("10", "10"), ("1E+1", "10"), ("8.50", "8.5"), ("0.25", "0.25"), ("100", "100")],
)
def test_writing_a_decimal_for_a_field_has_no_exponent_and_no_trailing_zeros(
    value: str, text: str
) -> None:
    assert plain(Decimal(value)) == text


def test_comparing_two_orders_marks_who_crosses_the_line() -> None:
    found = slopes([1, 2, 3], [1, 3, 2], line=2)
    assert [(item.crosses, item.rises) for item in found] == [
        (False, False),
        (True, False),
        (True, True),
    ]
