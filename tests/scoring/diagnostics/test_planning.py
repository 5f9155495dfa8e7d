"""What more judges would give."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import kendalltau

from competition.scoring.diagnostics.generalizability import VarianceComponents
from competition.scoring.diagnostics.planning import (
    GOALS,
    d_study,
)
from competition.scoring.errors import NotEnoughData
from tests.scoring.diagnostics.test_generalizability import published


def test_planning_gives_the_published_intraclass_correlations(reference_folder: Path) -> None:
    found = published(reference_folder, "shrout_fleiss")
    plan = d_study(found, n_entries=6, n_judges=(1, 4))
    # Shrout and Fleiss 1979, table 4: ICC(2,1), ICC(2,k), ICC(3,1).
    assert plan.dependability == pytest.approx([0.2898, 0.6201], abs=5e-5)
    assert plan.reliability[0] == pytest.approx(0.7148, abs=5e-5)


def test_planning_takes_the_criteria_as_fixed() -> None:
    parts = VarianceComponents(
        entry=4.0,
        judge=1.0,
        residual=1.2,
        criterion=9.0,
        entry_criterion=0.8,
        judge_criterion=0.4,
        entry_judge=0.6,
        n_criteria=4,
    )
    plan = d_study(parts, n_entries=30, n_judges=(2,))
    true, relative = 4 + 0.8 / 4, (0.6 + 1.2 / 4) / 2
    absolute = relative + (1 + 0.4 / 4) / 2
    assert plan.reliability == pytest.approx([true / (true + relative)])
    assert plan.dependability == pytest.approx([true / (true + absolute)])
    assert plan.se == pytest.approx([np.sqrt(relative)])
    assert plan.se_absolute == pytest.approx([np.sqrt(absolute)])


def test_needing_n_judges_means_one_fewer_would_not_do() -> None:
    parts = VarianceComponents(1.0, 0.5, 2.3)
    plan = d_study(parts, n_entries=20)
    for goal in GOALS:
        needed = plan.needed[goal]
        assert needed is not None
        reached = d_study(parts, n_entries=20, n_judges=(needed - 1, needed)).reliability
        assert reached[0] < goal <= reached[1]


def test_planning_more_judges_gives_more_of_everything() -> None:
    plan = d_study(VarianceComponents(1.0, 0.5, 1.0), n_entries=60, minutes=10.0)
    assert plan.n_judges.tolist() == list(range(1, 11))
    for rising in (plan.reliability, plan.dependability, plan.tau, plan.top_hits, plan.judge_hours):
        assert (np.diff(rising) > 0).all()
    for falling in (plan.se, plan.se_absolute, plan.rank_width):
        assert (np.diff(falling) < 0).all()
    assert plan.judge_hours == pytest.approx(plan.n_judges * 10.0)


def test_expecting_a_rank_correlation_equals_simulating_it() -> None:
    random = np.random.default_rng(3)
    plan = d_study(VarianceComponents(2.0, 0.0, 3.0), n_entries=40, n_judges=(2,), top=8)
    taus, hits = [], []
    for _ in range(300):
        truth = random.normal(0, np.sqrt(2.0), 40)
        seen = truth + random.normal(0, np.sqrt(1.5), 40)
        taus.append(kendalltau(truth, seen).statistic)
        hits.append(np.isin(np.argsort(truth)[-8:], np.argsort(seen)[-8:]).mean())
    for expected, found in ((plan.tau[0], taus), (plan.top_hits[0], hits)):
        assert expected == pytest.approx(np.mean(found), abs=4 * np.std(found) / np.sqrt(300))


def test_judging_without_error_leaves_nothing_to_plan() -> None:
    plan = d_study(VarianceComponents(1.0, 0.0, 0.0), n_entries=12, n_judges=(1, 2), top=3)
    assert plan.reliability.tolist() == [1, 1]
    assert plan.top_hits.tolist() == [1, 1]
    assert plan.rank_width.tolist() == [1, 1]
    assert plan.needed == {0.7: 1, 0.8: 1, 0.9: 1}


def test_having_equal_entries_reaches_no_goal() -> None:
    plan = d_study(VarianceComponents(-0.1, 0.4, 1.0), n_entries=12, n_judges=(1,))
    assert plan.reliability.tolist() == [0]
    assert plan.needed == dict.fromkeys(GOALS)
    nothing = d_study(VarianceComponents(0.0, 0.0, 0.0), n_entries=12, n_judges=(1,))
    assert np.isnan([nothing.reliability[0], nothing.tau[0], nothing.top_hits[0]]).all()


def test_asking_for_more_seats_than_entries_hits_them_all() -> None:
    plan = d_study(VarianceComponents(1.0, 0.0, 1.0), n_entries=5, n_judges=(1,), top=10)
    assert plan.top_hits.tolist() == [1]
    assert plan.top == 10


@pytest.mark.parametrize(
    ("parts", "entries", "judges"),
    [
        (VarianceComponents(float("nan"), 1.0, 1.0), 10, 1),
        (VarianceComponents(1.0, 1.0, 1.0), 1, 1),
        (VarianceComponents(1.0, 1.0, 1.0), 10, 0),
    ],
)
def test_planning_without_the_needed_numbers_is_refused(
    parts: VarianceComponents, entries: int, judges: int
) -> None:
    with pytest.raises(NotEnoughData) as caught:
        d_study(parts, n_entries=entries, n_judges=(judges,))
    assert caught.value.facts["what"] == "plan"


def test_planning_twice_with_a_seed_gives_the_same_numbers() -> None:
    parts = VarianceComponents(1.0, 1.0, 1.0)
    first, second = (d_study(parts, n_entries=30, seed=4).rank_width.tolist() for _ in range(2))
    assert json.dumps(first) == json.dumps(second)
