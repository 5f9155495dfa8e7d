"""Ranges and percentile ranks of each judge, by the book and at the edges."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from competition.scoring.arrays import Floats
from competition.scoring.fits.standardized import Standardized, minmax, percentile

METHODS: list[Callable[..., Standardized]] = [minmax, percentile]
CELLS = st.dictionaries(
    st.tuples(st.integers(0, 4), st.integers(0, 6)), st.integers(0, 20), min_size=1, max_size=30
)


def by_cells(
    method: Callable[..., Standardized], cells: dict[tuple[int, int], int]
) -> Standardized:
    judge, entry = np.array(list(cells)).T
    return method(judge, entry, np.array(list(cells.values()), dtype=float), 5, 7)


def shares_of(name: str, column: Floats) -> Floats:
    if name == "minmax":
        return np.asarray((column - column.min()) / np.ptp(column))
    below = (column[None, :] < column[:, None]).sum(axis=1)
    equal = (column[None, :] == column[:, None]).sum(axis=1)
    return np.asarray((below + equal / 2) / column.size)


@pytest.mark.parametrize("method", METHODS)
def test_standardizing_complete_tables_is_the_textbook_form(
    method: Callable[..., Standardized],
) -> None:
    table = np.random.default_rng(4).integers(40, 60, (12, 3)).astype(float)
    judge, entry = np.tile(np.arange(3), 12), np.repeat(np.arange(12), 3)
    found = method(judge, entry, table.ravel(), 3, 12)
    shares = np.column_stack([shares_of(method.__name__, column) for column in table.T])
    spread = np.sqrt(table.var(axis=0, ddof=1).mean() / shares.var(axis=0, ddof=1).mean())
    expected = table.mean() + spread * (shares - shares.mean())
    assert found.corrected.reshape(12, 3) == pytest.approx(expected, rel=1e-12)
    assert found.value == pytest.approx(expected.mean(axis=1), rel=1e-12)
    assert not found.flat.any()


@pytest.mark.parametrize("method", METHODS)
@given(cells=CELLS)
def test_standardizing_keeps_the_mean_and_the_spread_within_judges(
    method: Callable[..., Standardized], cells: dict[tuple[int, int], int]
) -> None:
    found = by_cells(method, cells)
    judge = np.array([j for j, _ in cells])
    value = np.array(list(cells.values()), dtype=float)
    moving = ~found.flat[judge]
    if moving.any():
        assert found.corrected[moving].mean() == pytest.approx(value.mean())
    assert found.corrected[~moving] == pytest.approx(value.mean())
    squares = [
        sum(x[judge == j].var() * (judge == j).sum() for j in set(judge[moving].tolist()))
        for x in (value, found.corrected)
    ]
    assert squares[1] == pytest.approx(squares[0], rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("method", METHODS)
@given(cells=CELLS, judges=st.permutations(range(5)), entries=st.permutations(range(7)))
def test_relabelling_and_permuting_moves_the_values_with_the_entries(
    method: Callable[..., Standardized],
    cells: dict[tuple[int, int], int],
    judges: list[int],
    entries: list[int],
) -> None:
    plain = by_cells(method, cells)
    renamed = {(judges[j], entries[i]): cells[j, i] for j, i in sorted(cells)}
    values = by_cells(method, renamed).value[entries]
    assert values == pytest.approx(plain.value, rel=1e-9, abs=1e-9, nan_ok=True)


@pytest.mark.parametrize("method", METHODS)
@given(cells=CELLS)
def test_moving_one_judges_scale_moves_only_the_common_scale(
    method: Callable[..., Standardized], cells: dict[tuple[int, int], int]
) -> None:
    """A judge who marks twice as wide and three points lower says the same."""
    stretched = {key: value * (1 + (key[0] == 0)) for key, value in cells.items()}
    plain, other = by_cells(method, cells), by_cells(method, stretched)
    assert other.flat.tolist() == plain.flat.tolist()
    entries = np.flatnonzero(np.isfinite(plain.value))
    slopes = np.ptp(plain.value[entries]), np.ptp(other.value[entries])
    if min(slopes) > 1e-6 and not plain.flat.any():
        ours = (plain.value - plain.value[entries].mean()) / slopes[0]
        theirs = (other.value - other.value[entries].mean()) / slopes[1]
        assert theirs == pytest.approx(ours, abs=1e-9, nan_ok=True)


def test_standardizing_by_range_is_a_line_for_every_judge() -> None:
    judge, entry = np.tile(np.arange(3), 6), np.repeat(np.arange(6), 3)
    value = np.random.default_rng(2).normal(50, 5, 18)
    found = minmax(judge, entry, value, 3, 6)
    line = found.intercept[judge] + found.slope[judge] * value
    assert found.corrected == pytest.approx(line, rel=1e-12)
    assert np.isnan(percentile(judge, entry, value, 3, 6).slope).all()


@pytest.mark.parametrize("method", METHODS)
def test_standardizing_judges_without_range_flags_them_and_counts_them_as_the_mean(
    method: Callable[..., Standardized],
) -> None:
    judge, entry = np.array([0, 0, 0, 1, 1, 2]), np.array([0, 1, 2, 0, 1, 2])
    value = np.array([1.0, 2, 6, 0.3, 0.1 + 0.2, 9])
    found = method(judge, entry, value, 4, 4)
    assert found.flat.tolist() == [False, True, True, False]
    assert found.corrected[3:] == pytest.approx(value.mean())
    assert np.isnan(found.value).tolist() == [False, False, False, True]


@pytest.mark.parametrize("method", METHODS)
def test_standardizing_equal_scores_gives_them_back(method: Callable[..., Standardized]) -> None:
    found = method(np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1]), np.full(4, 8.1), 2, 2)
    assert found.value == pytest.approx(8.1)
    assert found.flat.all()


@pytest.mark.parametrize("method", METHODS)
def test_standardizing_nothing_gives_nothing(method: Callable[..., Standardized]) -> None:
    nothing = np.zeros(0, dtype=np.int64)
    found = method(nothing, nothing, np.zeros(0), 2, 3)
    assert np.isnan(found.value).all() and not found.flat.any()
