"""How firmly designs are connected, and who alone holds them together."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from competition.scoring import Ratings
from competition.scoring.diagnostics import connectivity as module
from competition.scoring.diagnostics.connectivity import connectivity, design_factor
from competition.scoring.fits.additive import fit_additive
from competition.scoring.graph import components
from tests.scoring.builders import read_csv

CELLS = st.sets(st.tuples(st.integers(0, 6), st.integers(0, 8)), min_size=1, max_size=40)


@pytest.mark.parametrize("name", ["diving_m3m", "penicillin", "anxiety", "shrout_fleiss"])
def test_measuring_published_designs_gives_the_published_connectivity(
    reference_folder: Path, name: str
) -> None:
    rows = read_csv(reference_folder / "data" / f"{name}.csv")
    ratings = Ratings.from_columns(
        judge=[row["judge"] for row in rows],
        entry=[row["item"] for row in rows],
        value=[row["score"] for row in rows],
    )
    expected = json.loads((reference_folder / "results" / "agreement.json").read_text())[name]
    sizes = len(ratings.judges), len(ratings.entries)
    found = connectivity(ratings.judge, ratings.entry, *sizes)
    assert found.normalized == pytest.approx(expected["normalized_connectivity"], abs=1e-12)
    assert not found.bridge_judges.any() and not found.bridge_entries.any()


@settings(deadline=None)
@given(CELLS)
def test_removing_a_bridge_and_nobody_else_splits_the_scores(cells: set[tuple[int, int]]) -> None:
    judge, entry = np.array(sorted(cells)).T
    found = connectivity(judge, entry, 7, 9)
    assert found.components == components(judge, entry, 7, 9)[2]
    for k, is_bridge in enumerate(found.bridge_judges.tolist()):
        left = judge != k
        assert is_bridge == (components(judge[left], entry[left], 7, 9)[2] > found.components)
    for k, is_bridge in enumerate(found.bridge_entries.tolist()):
        left = entry != k
        assert is_bridge == (components(judge[left], entry[left], 7, 9)[2] > found.components)


@settings(deadline=None)
@given(CELLS, st.booleans())
def test_measuring_small_designs_gives_the_eigenvalue_of_the_dense_matrix(
    cells: set[tuple[int, int]], weighted: bool
) -> None:
    judge, entry = np.array(sorted(cells)).T
    weight = np.random.default_rng(1).uniform(0.5, 2, judge.size) if weighted else None
    table = np.zeros((9, 7))
    table[entry, judge] = 1 if weight is None else weight
    table = table[table.any(axis=1)][:, table.any(axis=0)]
    ours = connectivity(judge, entry, 7, 9, weight).normalized
    if table.shape[1] < 2:
        assert np.isnan(ours)
        return
    loads = table.sum(axis=0)
    schur = np.diag(loads) - table.T @ (table / table.sum(axis=1)[:, None])
    values = np.linalg.eigvalsh(schur / np.sqrt(np.outer(loads, loads)))
    assert ours == pytest.approx(values[1], abs=1e-9)


@settings(deadline=None)
@given(CELLS)
def test_exchanging_judges_and_entries_exchanges_the_bridges(cells: set[tuple[int, int]]) -> None:
    judge, entry = np.array(sorted(cells)).T
    plain, turned = connectivity(judge, entry, 7, 9), connectivity(entry, judge, 9, 7)
    assert turned.bridge_judges.tolist() == plain.bridge_entries.tolist()
    assert turned.bridge_entries.tolist() == plain.bridge_judges.tolist()


def big_design() -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(5)
    entry = np.repeat(np.arange(900), 3)
    judge = np.concatenate([random.choice(320, 3, replace=False) for _ in range(900)])
    return judge, entry


def test_measuring_many_judges_by_steps_gives_the_dense_eigenvalue(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    judge, entry = big_design()
    written = connectivity(judge, entry, 320, 900)
    monkeypatch.setattr(module, "_MOST_WRITTEN", 10)
    by_steps = connectivity(judge, entry, 320, 900)
    monkeypatch.undo()
    monkeypatch.setattr(module, "_DENSE", 1000)
    dense = connectivity(judge, entry, 320, 900)
    assert written.normalized == pytest.approx(dense.normalized, rel=1e-6)
    assert by_steps.normalized == pytest.approx(dense.normalized, rel=1e-6)
    assert by_steps.bridge_judges.tolist() == dense.bridge_judges.tolist()


def test_reusing_a_fit_gives_the_same() -> None:
    judge, entry = big_design()
    value = np.random.default_rng(1).normal(size=judge.size)
    fit = fit_additive(judge, entry, value, 320, 900)
    alone = connectivity(judge, entry, 320, 900)
    reused = connectivity(judge, entry, 320, 900, solution=fit.solution)
    assert reused.normalized == alone.normalized
    assert reused.bridge_entries.tolist() == alone.bridge_entries.tolist()


def test_joining_two_panels_by_one_entry_is_weak_and_names_the_bridge() -> None:
    judge = np.r_[np.tile([0, 1, 2], 30), np.tile([3, 4, 5], 30), 3]
    entry = np.r_[np.repeat(np.arange(60), 3), 0]
    found = connectivity(judge, entry, 6, 60)
    assert found.is_weak
    assert np.flatnonzero(found.bridge_entries).tolist() == [0]
    assert np.flatnonzero(found.bridge_judges).tolist() == [3]


def test_separating_panels_leaves_no_connectivity() -> None:
    found = connectivity(np.array([0, 0, 1, 1]), np.array([0, 1, 2, 3]), 2, 4)
    assert (found.components, found.normalized, found.is_weak) == (2, 0.0, False)


def test_measuring_nothing_gives_nothing() -> None:
    nothing = np.zeros(0, dtype=np.int64)
    found = connectivity(nothing, nothing, 3, 2)
    assert found.components == 0 and np.isnan(found.normalized)
    assert not found.bridge_judges.any()


def test_complete_designs_do_not_lengthen_errors_beyond_the_judges_share() -> None:
    judge, entry = np.tile(np.arange(4), 25), np.repeat(np.arange(25), 4)
    value = np.random.default_rng(2).normal(size=100)
    fit = fit_additive(judge, entry, value, 4, 25)
    assert design_factor(fit, np.full(25, 4)) == pytest.approx(1, rel=1e-12)


def test_lengthening_errors_needs_an_error_variance() -> None:
    fit = fit_additive(np.array([0]), np.array([0]), np.array([5.0]), 1, 1)
    assert np.isnan(design_factor(fit, np.array([1]))).all()
