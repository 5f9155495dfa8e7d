"""Simultaneous confidence sets of ranks hold the truth as often as they say."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import norm, t

from competition.scoring.errors import TooManyComparisons
from competition.scoring.ranking import ranks
from competition.scoring.uncertainty import confidence
from competition.scoring.uncertainty.confidence import RankConfidence, rank_confidence
from competition.scoring.uncertainty.joint import JointNormal


def independent(mean: list[float], variance: float = 1.0) -> JointNormal:
    return JointNormal(np.array(mean), np.full(len(mean), variance), np.zeros((len(mean), 1)))


def test_comparing_two_entries_uses_the_two_sided_normal_value() -> None:
    found = rank_confidence(independent([0.0, 0.1]), seed=1, draws=40_000)
    assert found.critical == pytest.approx(norm.ppf(0.975), abs=0.03)
    assert (found.low.tolist(), found.high.tolist()) == ([1, 1], [2, 2])


def test_estimating_the_variance_from_few_scores_uses_the_value_of_student() -> None:
    found = rank_confidence(independent([0.0, 0.1]), seed=1, draws=40_000, df=5)
    assert found.critical == pytest.approx(t.ppf(0.975, 5), abs=0.06)


def test_covering_true_ranks_happens_at_least_as_often_as_the_level() -> None:
    random = np.random.default_rng(1)
    truth = np.array([3.0, 2.2, 2.0, 1.0, 0.5, 0.0, -1.0, -3.0])
    shared = random.normal(0, 0.3, (8, 3))
    right = 0
    for seed in range(250):
        noise = JointNormal(truth, np.full(8, 0.15), shared)
        seen = noise.draw(np.random.default_rng(10_000 + seed), 1)[0]
        found = rank_confidence(JointNormal(seen, np.full(8, 0.15), shared), seed=seed, draws=400)
        right += bool(((found.low <= ranks(truth)) & (ranks(truth) <= found.high)).all())
    assert right >= 250 * 0.95 - 3 * np.sqrt(250 * 0.95 * 0.05)


def by_hand(joint: JointNormal, seed: int, draws: int) -> tuple[list[int], list[int], float]:
    """The step-down over ordered pairs, one pair after the other."""
    n, mean = joint.mean.size, joint.mean
    sample = JointNormal(0 * mean, joint.own_variance, joint.shared).draw(
        np.random.default_rng(seed), draws
    )
    covariance = joint.covariance()
    spread = {
        (i, j): np.sqrt(covariance[i, i] + covariance[j, j] - 2 * covariance[i, j])
        for i in range(n)
        for j in range(n)
        if i != j
    }
    open_, sure = set(spread), set()
    while True:
        ratios = [(sample[:, i] - sample[:, j]) / spread[i, j] for i, j in open_]
        largest = np.sort(np.max(ratios, axis=0))
        critical = float(np.quantile(largest, 0.95, method="higher"))
        new = {(i, j) for i, j in open_ if (mean[i] - mean[j]) / spread[i, j] > critical}
        if not new:
            break
        sure |= new
        open_ -= new
    low = [1 + sum((i, j) in sure for i in range(n)) for j in range(n)]
    high = [n - sum((i, j) in sure for j in range(n)) for i in range(n)]
    return low, high, critical


def test_stepping_down_equals_the_same_pair_by_pair() -> None:
    random = np.random.default_rng(3)
    joint = JointNormal(np.linspace(0, 4, 9), np.full(9, 0.3), random.normal(0, 0.3, (9, 2)))
    found = rank_confidence(joint, seed=5, draws=300)
    low, high, critical = by_hand(joint, 5, 300)
    assert (found.low.tolist(), found.high.tolist()) == (low, high)
    assert found.critical == pytest.approx(critical, rel=1e-5)
    assert found.steps >= 2


@pytest.mark.parametrize("groups", [1, 3])
def test_looking_at_extremes_first_misses_no_larger_difference(
    monkeypatch: pytest.MonkeyPatch, groups: int
) -> None:
    random = np.random.default_rng(4)
    joint = JointNormal(
        random.normal(0, 1, 120),
        random.uniform(0.05, 0.6, 120),
        random.normal(0, 0.05, (120, 6)) + random.normal(0, 1, 6),
    )
    group = random.integers(0, groups, 120)
    quick = rank_confidence(joint, seed=1, draws=300, group=group)
    monkeypatch.setattr(confidence, "_EXTREMES", 1_000)
    whole = rank_confidence(joint, seed=1, draws=300, group=group)
    assert quick.critical == pytest.approx(whole.critical, rel=1e-5)
    assert quick.low.tolist() == whole.low.tolist()
    assert quick.high.tolist() == whole.high.tolist()


def test_sharing_one_error_among_all_changes_nothing() -> None:
    mean, own = np.array([5.0, 3.0, 2.9, 0.0]), np.full(4, 0.2)
    alone = rank_confidence(JointNormal(mean, own, np.zeros((4, 1))), seed=1)
    common = rank_confidence(JointNormal(mean, own, np.full((4, 1), 20.0)), seed=1)
    assert common.low.tolist() == alone.low.tolist() == [1, 2, 2, 4]
    assert common.high.tolist() == alone.high.tolist() == [1, 3, 3, 4]


def test_knowing_the_difference_exactly_makes_the_order_sure() -> None:
    joint = JointNormal(np.array([1.0, 1.1, 1.1]), np.zeros(3), np.ones((3, 1)))
    found = rank_confidence(joint, seed=1)
    assert found.low.tolist() == [3, 1, 1]
    assert found.high.tolist() == [3, 2, 2]


def test_naming_the_top_gives_those_who_may_and_those_who_must() -> None:
    found = rank_confidence(independent([50.0, 20.0, 19.9, 0.0]), seed=1)
    assert found.possible_top(2).tolist() == [True, True, True, False]
    assert found.sure_top(2).tolist() == [True, False, False, False]
    assert found.sure_top(3).tolist() == [True, True, True, False]
    assert found.better.tolist() == [0, 1, 1, 3]
    assert found.worse.tolist() == [3, 1, 1, 0]


def test_ranking_within_groups_compares_nobody_across_them() -> None:
    joint = independent([50.0, 0.0, 20.0, -90.0, 7.0])
    found = rank_confidence(joint, seed=1, group=np.array([0, 1, 0, 1, -1]))
    assert found.low.tolist() == [1, 1, 2, 2, 0]
    assert found.high.tolist() == [1, 1, 2, 2, 0]


def test_leaving_entries_unscored_gives_them_no_rank() -> None:
    found = rank_confidence(independent([np.nan, 3.0]), seed=1)
    assert (found.low.tolist(), found.high.tolist()) == ([0, 1], [0, 1])
    assert found.possible_top(5).tolist() == [False, True]


def test_comparing_too_many_pairs_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(confidence, "MOST_PAIRS", 2)
    with pytest.raises(TooManyComparisons) as caught:
        rank_confidence(independent([1.0, 2.0, 3.0]), seed=1)
    assert caught.value.facts == {"count": 3, "most": 2}


def test_drawing_with_the_same_seed_gives_the_same_value() -> None:
    joint = independent([0.0, 1.0, 2.0, 3.0])
    first, second = (rank_confidence(joint, seed=9) for _ in range(2))
    assert isinstance(first, RankConfidence)
    assert first.critical == second.critical
    assert rank_confidence(joint, seed=10).critical != first.critical
