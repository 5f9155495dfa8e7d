"""Products of the table of scores are those of the dense matrix."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from competition.scoring.arrays import Floats
from competition.scoring.errors import BadWeight, NotPositive, TooLarge
from competition.scoring.fits import elimination
from competition.scoring.fits.additive import fit_additive
from competition.scoring.fits.elimination import Crossing
from competition.scoring.fits.factor import Factor
from competition.scoring.fits.mixed import fit_mixed


def crossing_of(
    seed: int, rows: int, cols: int, scores: int, weighted: bool
) -> tuple[Crossing, Floats]:
    random = np.random.default_rng(seed)
    row, col = random.integers(0, rows, scores), random.integers(0, cols, scores)
    weight = random.uniform(0.2, 3, scores) if weighted else None
    dense = np.zeros((rows, cols))
    np.add.at(dense, (row, col), 1.0 if weight is None else weight)
    return Crossing(row, col, weight, rows, cols), dense


SHAPES = st.tuples(
    st.integers(0, 99), st.integers(1, 30), st.integers(1, 90), st.integers(0, 200), st.booleans()
)


@settings(deadline=None)
@given(SHAPES)
def test_multiplying_tables_gives_what_dense_matrices_give(
    shape: tuple[int, int, int, int, bool],
) -> None:
    crossing, dense = crossing_of(*shape)
    random = np.random.default_rng(1)
    factor = random.uniform(0.1, 2, len(dense))
    matrix = random.normal(size=(dense.shape[1],) * 2)
    matrix += matrix.T
    assert crossing.row_weight == pytest.approx(dense.sum(axis=1), rel=1e-12)
    assert crossing.col_weight == pytest.approx(dense.sum(axis=0), rel=1e-12)
    gram = dense.T @ (factor[:, None] * dense)
    np.testing.assert_allclose(crossing.gram(factor), gram, rtol=1e-6, atol=1e-10)
    expected = np.einsum("ij,jk,ik->i", dense, matrix, dense)
    assert crossing.quadratic(matrix) == pytest.approx(expected, abs=1e-10)
    rows, cols = random.integers(0, len(dense), 7), random.integers(0, dense.shape[1], 7)
    assert crossing.cells(rows, cols, matrix) == pytest.approx((dense @ matrix)[rows, cols])


@pytest.mark.parametrize("weighted", [False, True])
def test_multiplying_in_chunks_gives_the_same(
    monkeypatch: pytest.MonkeyPatch, weighted: bool
) -> None:
    random = np.random.default_rng(2)
    size = np.r_[np.full(300, 3), random.integers(0, 9, 60), np.full(20, 40)]
    row = np.repeat(np.arange(size.size), size)
    col = np.concatenate([random.choice(80, k, replace=False) for k in size])
    weight = random.uniform(0.5, 2, row.size) if weighted else None
    factor, matrix = random.uniform(0.1, 1, size.size), random.normal(size=(80, 80))
    matrix += matrix.T
    whole = Crossing(row, col, weight, size.size, 80)
    rows, cols = random.integers(0, size.size, 500), random.integers(0, 80, 500)
    expected = whole.gram(factor), whole.quadratic(matrix), whole.cells(rows, cols, matrix)
    monkeypatch.setattr(elimination, "_CHUNK", 200)
    monkeypatch.setattr(elimination, "_MOST_CODES", 10)
    pieces = Crossing(row, col, weight, size.size, 80)
    assert pieces.gram(factor) == pytest.approx(expected[0], rel=1e-12, abs=1e-12)
    assert pieces.quadratic(matrix) == pytest.approx(expected[1], rel=1e-12, abs=1e-12)
    assert pieces.cells(rows, cols, matrix) == pytest.approx(expected[2], rel=1e-12, abs=1e-12)


@settings(deadline=None)
@given(st.integers(0, 50), st.sampled_from([1, 2, 7, 127, 128, 150]))
def test_factoring_a_matrix_gives_its_inverse_determinant_and_solutions(seed: int, n: int) -> None:
    random = np.random.default_rng(seed)
    half = random.normal(size=(n, n + 3))
    matrix = half @ half.T + np.eye(n)
    factor = Factor.of(matrix)
    inverse = factor.inverse()
    assert np.array_equal(inverse, inverse.T)
    np.testing.assert_allclose(inverse @ matrix, np.eye(n), rtol=1e-6, atol=1e-8)
    assert factor.log_determinant == pytest.approx(np.linalg.slogdet(matrix)[1], rel=1e-10)
    right = random.normal(size=(n, 2))
    assert matrix @ factor.solve(right) == pytest.approx(right, abs=1e-8)


def test_factoring_a_singular_matrix_is_a_typed_failure() -> None:
    with pytest.raises(NotPositive):
        Factor.of(np.zeros((2, 2)))


@pytest.mark.parametrize("weight", [0.0, -1.0, np.nan])
def test_weighing_a_score_by_nothing_is_a_typed_failure(weight: float) -> None:
    judge, entry, value = np.array([0, 1]), np.array([0, 0]), np.array([5.0, 6.0])
    for fit in (fit_additive, fit_mixed):
        with pytest.raises(BadWeight) as failure:
            fit(judge, entry, value, 2, 1, np.array([1.0, weight]))
        assert failure.value.facts == {"rows": (1,)}


def test_fitting_more_judges_and_entries_than_memory_holds_is_a_typed_failure(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(elimination, "MOST_COLS", 1)
    with pytest.raises(TooLarge) as failure:
        fit_additive(np.array([0, 1]), np.array([0, 1]), np.array([5.0, 6.0]), 2, 2)
    assert failure.value.facts == {"what": "smaller_facet", "numbers": 4, "most": 1}
