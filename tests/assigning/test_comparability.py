"""Comparability: the variance is that of least squares, and what is given up stays in budget."""

from __future__ import annotations

import itertools
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from competition.assigning import Plan, Problem, breaches, components, go_on, measure, solve
from competition.assigning.connecting import bridges
from competition.assigning.contrasts import Contrasts
from competition.assigning.design import component_labels, spread
from tests.assigning.builders import everyone, problems
from tests.assigning.test_optimum import open_instance


def planned(problem: Problem, comparability: float | None = 0.5) -> Plan:
    plan = solve(problem, comparability=comparability, seed=1)
    assert isinstance(plan, Plan)
    return plan


def vif_by_least_squares(chosen: NDArray[np.bool_]) -> tuple[float, float]:
    """Mean of the variances of all differences of entries over their ideal mean, and the worst."""
    n_entries, n_judges = chosen.shape
    entry, judge = np.nonzero(chosen)
    design = np.zeros((entry.size, n_entries + n_judges))
    design[np.arange(entry.size), entry] = 1
    design[np.arange(entry.size), n_entries + judge] = 1
    covariance = np.linalg.pinv(design.T @ design)
    sizes = chosen.sum(axis=1)
    real, ideal = [], []
    for one, other in itertools.combinations(range(n_entries), 2):
        contrast = np.zeros(n_entries + n_judges)
        contrast[one], contrast[other] = 1, -1
        real.append(contrast @ covariance @ contrast)
        ideal.append(1 / sizes[one] + 1 / sizes[other])
    return float(np.sum(real) / np.sum(ideal)), float(np.max(np.array(real) / ideal))


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000), entries=st.integers(2, 12), judges=st.integers(2, 6))
def test_spread_is_the_variance_of_least_squares_and_not_below_its_floor(
    seed: int, entries: int, judges: int
) -> None:
    numbers = np.random.default_rng(seed)
    chosen = numbers.random((entries, judges)) < 0.6
    chosen[np.arange(entries), numbers.integers(0, judges, entries)] = True
    found = spread(chosen)
    assert found.components == component_labels(chosen)[1]
    if found.components > 1:
        assert found.vif == np.inf
        return
    vif, worst = vif_by_least_squares(chosen)
    assert found.vif == pytest.approx(vif)
    assert found.weakest_vif == pytest.approx(worst)
    assert found.floor is None or found.floor <= found.vif + 1e-9


@settings(max_examples=50, deadline=None)
@given(seed=st.integers(0, 10_000), entries=st.integers(2, 9), judges=st.integers(2, 9))
def test_contrasts_know_at_any_density_whether_a_plan_hangs_together(
    seed: int, entries: int, judges: int
) -> None:
    numbers = np.random.default_rng(seed)
    chosen = numbers.random((entries, judges)) < numbers.choice([0.1, 0.25, 0.6])
    found = Contrasts(chosen, np.ones(chosen.shape))
    assert found.connected == (component_labels(chosen)[1] <= 1)


@settings(max_examples=25, deadline=None)
@given(problem=problems(), share=st.sampled_from([0.0, 0.3, 0.5, 0.9]))
def test_solve_for_comparability_keeps_rules_and_budget_and_is_never_less_comparable(
    problem: Problem, share: float
) -> None:
    problem = replace(problem, locked=frozenset(), excluded=frozenset())
    fit = solve(problem, comparability=None, seed=1)
    if not isinstance(fit, Plan):
        return
    plan = planned(problem, share)
    assert breaches(problem, plan.pairs) == ()
    allowed = max(0.015 * share / (1 - share), 0.05)  # the 5 % only where it connects
    assert plan.affinity >= fit.affinity * (1 - allowed) - 1e-9
    assert plan.report.components <= fit.report.components
    if fit.report.components == plan.report.components == 1:
        assert plan.affinity >= fit.affinity * (1 - 0.015 * share / (1 - share)) - 1e-9
        if len(plan.report.without_expert) == len(fit.report.without_expert):
            assert plan.report.vif <= fit.report.vif + 1e-9


@settings(max_examples=25, deadline=None)
@given(problem=problems())
def test_going_on_along_the_slider_keeps_rules_and_budget_and_never_loses_comparability(
    problem: Problem,
) -> None:
    problem = replace(problem, locked=frozenset(), excluded=frozenset())
    fit = solve(problem, comparability=None, seed=1)
    if not isinstance(fit, Plan):
        return
    plan = fit
    for share in (0.3, 0.6, 0.9):
        before, plan = plan, go_on(problem, plan, comparability=share, seed=1)
        assert breaches(problem, plan.pairs) == ()
        assert (plan.optimum, plan.comparability) == (fit.affinity, share)
        assert replace(measure(problem, plan.pairs), seconds=plan.report.seconds) == plan.report
        allowed = 0.015 * share / (1 - share)
        if fit.report.components > 1:
            allowed = max(allowed, 0.05)  # the 5 % only where it connects
        assert plan.affinity >= fit.affinity * (1 - allowed) - 1e-9
        assert plan.report.components <= before.report.components
        if before.report.components == plan.report.components == 1:
            assert len(plan.report.without_expert) <= len(before.report.without_expert)


def test_going_on_ends_about_as_far_as_a_search_from_the_optimum(reference_folder: Path) -> None:
    problem = open_instance(reference_folder, "contest_100x20x3")
    fit, whole = planned(problem, None), planned(problem, 0.8)
    further, again = (go_on(problem, planned(problem), comparability=0.8, seed=1) for _ in range(2))
    assert further.pairs == again.pairs
    won = fit.report.vif - whole.report.vif
    assert fit.report.vif - further.report.vif >= 0.9 * won
    assert further.affinity >= 0.94 * fit.affinity


def test_going_on_near_an_earlier_plan_is_refused() -> None:
    problem = everyone(6, 4, 2)
    plan = planned(problem)
    with pytest.raises(ValueError, match="earlier"):
        go_on(replace(problem, previous=frozenset(plan.pairs)), plan, comparability=0.9, seed=1)


@pytest.mark.parametrize("name", ["contest_100x20x3", "contest_300x40x3"])
def test_solve_an_open_instance_closes_half_the_gap_for_one_and_a_half_percent(
    name: str, reference_folder: Path
) -> None:
    problem = open_instance(reference_folder, name)
    fit, plan = planned(problem, None), planned(problem)
    floor = fit.report.vif_floor
    assert floor is not None
    assert plan.affinity >= 0.985 * fit.affinity
    assert (fit.report.vif - plan.report.vif) / (fit.report.vif - floor) >= 0.45
    assert breaches(problem, plan.pairs) == ()


def test_solve_connects_an_open_instance_whose_optimum_falls_apart(
    reference_folder: Path,
) -> None:
    problem = open_instance(reference_folder, "sigir_query")
    assert planned(problem, None).report.components > 1
    plan = planned(problem)
    assert plan.report.components == 1
    assert plan.affinity >= 0.95 * plan.optimum


def test_solve_with_two_separate_tracks_and_one_bridge_connects_them() -> None:
    allowed = np.zeros((20, 9), dtype=bool)
    allowed[:10, :4] = allowed[10:, 4:8] = True
    allowed[:, 8] = True
    plan = planned(Problem(range(20), range(101, 110), allowed, 2, 8))
    assert components(plan.pairs) == 1


def test_solve_mixes_panels_instead_of_fixed_groups() -> None:
    plan = planned(everyone(60, 12))
    panels = {
        frozenset(judge for other, judge in plan.pairs if other == entry) for entry in range(1, 61)
    }
    assert len(panels) > 45


def test_solve_spends_half_a_percent_on_experts_where_it_helps() -> None:
    # 101 and 102 are the only experts, and the sum is largest when both take the first entries
    affinity = np.full((10, 6), 0.5)
    affinity[:, :2] = 0.9
    affinity[:5, :2] = 0.91
    problem = replace(everyone(10, 6, 2, most=5), affinity=affinity, expert_threshold=0.8)
    assert len(planned(problem, None).report.without_expert) == 5
    assert planned(problem).report.without_expert == ()


def test_solve_tells_its_progress_and_can_be_cancelled() -> None:
    told: list[float] = []
    plan = solve(everyone(30, 9), seed=1, progress=told.append, cancel=lambda: len(told) > 5)
    assert isinstance(plan, Plan)
    assert told == sorted(told)
    assert len(told) == 6


def test_bridges_are_the_pairs_that_hold_two_pieces_together() -> None:
    # 0-a-1-b-0 is a circle, 1-c-2 a tail
    entry, judge = np.array([0, 1, 0, 1, 1, 2]), np.array([0, 0, 1, 1, 2, 2])
    assert bridges(entry, judge, 3, 3).tolist() == [False] * 4 + [True] * 2
