"""Chances of ranks are what counting every case gives."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest
from scipy.stats import t

from competition.scoring.arrays import Floats
from competition.scoring.ranking import ranks
from competition.scoring.uncertainty import ranks as module
from competition.scoring.uncertainty.joint import JointNormal
from competition.scoring.uncertainty.ranks import (
    RankDistribution,
    beats,
    beats_in_draws,
    draw_ranks,
    rank_draws,
)


def joint_of(seed: int, entries: int = 12, judges: int = 4) -> JointNormal:
    random = np.random.default_rng(seed)
    return JointNormal(
        random.normal(0, 1, entries),
        random.uniform(0.1, 0.5, entries),
        random.normal(0, 0.2, (entries, judges)),
    )


def counted(values: Floats, k: int) -> Floats:
    """Share of the draws in which each entry's competition rank is at most k."""
    share: Floats = np.mean([ranks(line) <= k for line in values], axis=0)
    return share


def test_counting_all_orders_of_three_gives_the_share_of_each_rank() -> None:
    values = np.array(list(permutations([3.0, 2.0, 1.0])))[:5]
    found = rank_draws(values, tops=(1, 2, 3))
    assert found.p_top == pytest.approx(np.stack([counted(values, k) for k in (1, 2, 3)], axis=1))
    assert found.expected == pytest.approx(np.mean([ranks(line) for line in values], axis=0))


def test_ranking_draws_with_ties_shares_the_better_rank() -> None:
    values = np.random.default_rng(1).integers(0, 4, (300, 7)).astype(float)
    found = rank_draws(values, tops=(1, 3))
    assert found.p_top[:, 0] == pytest.approx(counted(values, 1))
    assert found.p_top[:, 1] == pytest.approx(counted(values, 3))
    assert found.expected == pytest.approx(np.mean([ranks(line) for line in values], axis=0))


def test_drawing_three_normals_gives_the_orthant_probabilities() -> None:
    variance = np.array([0.2, 1.0, 2.5])
    joint = JointNormal(np.zeros(3), variance - 0.1, np.full((3, 1), np.sqrt(0.1)))
    own = variance - 0.1
    expected = []
    for i in range(3):
        j, k = (x for x in range(3) if x != i)
        rho = own[i] / np.sqrt((own[i] + own[j]) * (own[i] + own[k]))
        expected.append(0.25 + np.arcsin(rho) / (2 * np.pi))
    found = draw_ranks(joint, draws=40_000, seed=1, tops=(1,))
    assert found.p_top[:, 0] == pytest.approx(expected, abs=4 * 0.5 / np.sqrt(40_000))
    assert sum(expected) == pytest.approx(1)


def test_cutting_equal_tails_leaves_ranks_that_hold_the_level() -> None:
    # The first entry is first in 960 draws, second in 25, third in 15 of 1,000.
    lines = [[3.0, 2.0, 1.0]] * 960 + [[2.0, 3.0, 1.0]] * 25 + [[1.0, 3.0, 2.0]] * 15
    found = rank_draws(np.array(lines))
    assert (found.low[0], found.high[0]) == (1, 2)
    wider = rank_draws(np.array(lines), level=0.98)
    assert (wider.low[0], wider.high[0]) == (1, 3)
    exact = rank_draws(np.array(lines), level=0.92)
    assert (exact.low[0], exact.high[0]) == (1, 1)


def test_taking_intervals_equals_the_quantiles_of_the_ranks() -> None:
    values = joint_of(2).draw(np.random.default_rng(3), 999)
    table = np.array([ranks(line) for line in values])
    found = rank_draws(values)
    low = np.quantile(table, 0.025, axis=0, method="inverted_cdf")
    high = np.quantile(table, 0.975, axis=0, method="inverted_cdf")
    assert found.low.tolist() == low.tolist()
    assert found.high.tolist() == high.tolist()


def test_drawing_with_the_same_seed_gives_the_same_bytes() -> None:
    first, second, other = (
        draw_ranks(joint_of(4), draws=500, seed=s, tops=(3,)) for s in (7, 7, 8)
    )
    assert first.p_top.tobytes() == second.p_top.tobytes()
    assert first.p_top.tobytes() != other.p_top.tobytes()


def test_ranking_in_blocks_equals_ranking_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    values = joint_of(5).draw(np.random.default_rng(1), 400)
    whole = rank_draws(values, tops=(2,))
    monkeypatch.setattr(module, "_AT_ONCE", 100)
    assert same(rank_draws(values, tops=(2,)), whole)


def test_sharing_cells_between_ranks_widens_the_intervals_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    values = joint_of(6).draw(np.random.default_rng(2), 400)
    exact = rank_draws(values, tops=(2, 5))
    monkeypatch.setattr(module, "_MOST_CELLS", 50)
    coarse = rank_draws(values, tops=(2, 5))
    assert coarse.p_top.tolist() == exact.p_top.tolist()
    assert coarse.expected == pytest.approx(exact.expected)
    assert (coarse.low <= exact.low).all() and (coarse.high >= exact.high).all()
    assert (coarse.high <= 12).all() and (exact.low - coarse.low).max() <= 2


def test_ranking_within_groups_equals_ranking_each_alone() -> None:
    values = joint_of(7).draw(np.random.default_rng(3), 300)
    group = np.array([0, 1, 0, 1, 2, 1, 0, -1, 1, 0, 0, 1])
    found = rank_draws(values, tops=(1, 2), group=group)
    for one in (0, 1, 2):
        alone = rank_draws(values[:, group == one], tops=(1, 2))
        assert found.p_top[group == one].tolist() == alone.p_top.tolist()
        assert found.high[group == one].tolist() == alone.high.tolist()
    assert np.isnan(found.p_top[7]).all()
    assert (found.low[7], found.high[7]) == (0, 0)


def test_leaving_an_entry_unscored_ranks_the_others_without_it() -> None:
    joint = joint_of(8)
    mean = joint.mean.copy()
    mean[3] = np.nan
    found = draw_ranks(
        JointNormal(mean, joint.own_variance, joint.shared), draws=300, seed=1, tops=(4,)
    )
    keep = np.arange(12) != 3
    alone = draw_ranks(
        JointNormal(joint.mean[keep], joint.own_variance[keep], joint.shared[keep]),
        draws=300,
        seed=1,
        tops=(4,),
    )
    assert found.p_top[keep].tolist() == alone.p_top.tolist()
    assert np.isnan(found.p_top[3]).all() and np.isnan(found.expected[3])
    assert (found.low[3], found.high[3]) == (0, 0)


def test_shifting_all_scores_changes_no_rank() -> None:
    joint = joint_of(9)
    moved = JointNormal(joint.mean + 50, joint.own_variance, joint.shared)
    assert same(
        draw_ranks(joint, draws=300, seed=1, tops=(3,)),
        draw_ranks(moved, draws=300, seed=1, tops=(3,)),
    )


def test_ranking_one_entry_gives_it_the_first_rank() -> None:
    found = draw_ranks(
        JointNormal(np.ones(1), np.ones(1), np.zeros((1, 0))), draws=10, seed=1, tops=(1, 5)
    )
    assert (found.p_top.tolist(), found.low.tolist(), found.high.tolist()) == ([[1, 1]], [1], [1])


def test_ranking_no_entry_gives_nothing() -> None:
    nothing = JointNormal(np.full(2, np.nan), np.ones(2), np.zeros((2, 0)))
    found = draw_ranks(nothing, draws=10, seed=1, tops=(1,))
    assert np.isnan(found.p_top).all() and found.low.tolist() == [0, 0]


def test_knowing_scores_exactly_makes_ranks_certain() -> None:
    joint = JointNormal(np.array([3.0, 9.0, 3.0]), np.zeros(3), np.zeros((3, 1)))
    found = draw_ranks(joint, draws=50, seed=1, tops=(1, 2))
    assert found.p_top.tolist() == [[0, 1], [1, 1], [0, 1]]
    assert found.low.tolist() == found.high.tolist() == [2, 1, 2]


def same(one: RankDistribution, other: RankDistribution) -> bool:
    return all(
        np.array_equal(getattr(one, name), getattr(other, name))
        for name in ("p_top", "low", "high", "expected")
    )


def test_beating_in_closed_form_equals_the_share_of_draws() -> None:
    joint = joint_of(10)
    values = joint.draw(np.random.default_rng(1), 20_000)
    exact = beats(joint)
    assert beats_in_draws(values) == pytest.approx(exact, abs=4 * 0.5 / np.sqrt(20_000))
    assert exact + exact.T == pytest.approx(np.ones((12, 12)))


def test_estimating_the_variance_from_few_scores_draws_from_student() -> None:
    joint = JointNormal(np.array([1.5, 0.0]), np.full(2, 0.5), np.full((2, 1), 3.0))
    found = draw_ranks(joint, draws=40_000, seed=1, tops=(1,), df=4)
    expected = float(t.cdf(1.5, 4))
    assert beats(joint, df=4)[0, 1] == pytest.approx(expected)
    assert found.p_top[0, 0] == pytest.approx(expected, abs=4 * 0.5 / np.sqrt(40_000))
    assert abs(expected - beats(joint)[0, 1]) > 0.02


def test_beating_counts_equal_draws_half() -> None:
    values = np.random.default_rng(2).integers(0, 3, (200, 5)).astype(float)
    found = beats_in_draws(values)
    for i in range(5):
        for j in range(5):
            ahead = np.mean(values[:, i] > values[:, j])
            level = np.mean(values[:, i] == values[:, j])
            assert found[i, j] == pytest.approx(ahead + level / 2)


def test_beating_surely_equal_scores_is_even_and_of_unscored_unknown() -> None:
    joint = JointNormal(np.array([1.0, 1.0, 0.0, np.nan]), np.zeros(4), np.ones((4, 1)))
    found = beats(joint)
    assert found[:3, :3].tolist() == [[0.5, 0.5, 1], [0.5, 0.5, 1], [0, 0, 0.5]]
    assert np.isnan(found[3]).all() and np.isnan(found[:, 3]).all()
    drawn = beats_in_draws(np.array([[1.0, np.nan, 2.0]]))
    assert np.isnan(drawn[1]).all() and drawn[2, 0] == 1
