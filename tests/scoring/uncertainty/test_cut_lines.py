"""At an award line: who is sure, who is not, and what further scores would bring."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from scipy.stats import norm

from competition.scoring.arrays import Floats, Integers
from competition.scoring.uncertainty.confidence import rank_confidence
from competition.scoring.uncertainty.cut_lines import (
    CutLine,
    contrast_sd,
    cut_lines,
    further_scores,
)
from competition.scoring.uncertainty.joint import JointNormal
from competition.scoring.uncertainty.ranks import draw_ranks


def joint_of(mean: list[float], variance: float = 0.2) -> JointNormal:
    return JointNormal(np.array(mean), np.full(len(mean), variance), np.zeros((len(mean), 1)))


def lines_of(
    joint: JointNormal,
    tops: tuple[int, ...],
    group: Integers | None = None,
    score_variance: float = float("nan"),
) -> tuple[CutLine, ...]:
    ranks = draw_ranks(joint, draws=4_000, seed=1, tops=tops, group=group)
    return cut_lines(joint, ranks, group=group, score_variance=score_variance)


def test_drawing_a_line_sorts_members_and_says_who_is_in() -> None:
    (line,) = lines_of(joint_of([2.0, 9.0, 7.0, 6.0]), (2,))
    assert line.members.tolist() == [1, 2, 3, 0]
    assert line.is_in.tolist() == [True, True, False, False]
    assert line.line == 6.5
    assert line.uncertain.tolist() == [False, True, True, False]
    wrong = (1 - line.p_in[:2]).sum() + line.p_in[2:].sum()
    assert line.expected_wrong == pytest.approx(wrong)


def test_tying_at_the_line_takes_all_of_the_tie_in() -> None:
    (line,) = lines_of(joint_of([9.0, 7.0, 7.0, 5.0]), (2,))
    assert line.is_in.tolist() == [True, True, True, False]
    assert line.line == 6.0


def test_taking_everybody_in_leaves_nothing_uncertain() -> None:
    (line,) = lines_of(joint_of([9.0, 7.0]), (3,), score_variance=1.0)
    assert line.is_in.all() and line.p_in.tolist() == [1, 1]
    assert (line.line, line.true_line) == (-np.inf, -np.inf)
    assert not line.uncertain.any()
    assert line.needed.tolist() == [0, 0]
    assert line.expected_wrong == 0
    assert further_scores(line, 1.0, 5).order.size == 0


def test_drawing_lines_in_groups_gives_each_its_own() -> None:
    group = np.array([0, 0, 1, 1, 1, -1])
    found = lines_of(joint_of([9.0, 1.0, 8.0, 3.0, 2.0, 99.0]), (1, 2), group)
    assert [(line.group, line.top) for line in found] == [(0, 1), (0, 2), (1, 1), (1, 2)]
    assert found[0].members.tolist() == [0, 1]
    assert found[3].members.tolist() == [2, 3, 4]


def test_leaving_an_entry_unscored_keeps_it_out_of_every_line() -> None:
    (line,) = lines_of(joint_of([np.nan, 9.0, 1.0]), (1,))
    assert line.members.tolist() == [1, 2]


def test_holding_all_statements_at_once_is_never_surer_than_one_by_one() -> None:
    joint = joint_of([9.0, 8.0, 7.5, 7.0, 6.0, 3.0])
    ranks = draw_ranks(joint, draws=4_000, seed=1, tops=(3,))
    (line,) = cut_lines(joint, ranks, confidence=rank_confidence(joint, seed=1))
    assert line.uncertain_jointly[line.uncertain].all()
    assert not line.uncertain_jointly[-1]


def test_placing_the_true_line_expects_as_many_above_as_there_are_seats() -> None:
    random = np.random.default_rng(2)
    (line,) = lines_of(joint_of(random.normal(0, 1, 60).tolist(), 0.4), (10,))
    assert norm.cdf(line.distance).sum() == pytest.approx(10, abs=1e-9)
    assert line.true_line > line.line
    assert norm.cdf(line.distance) == pytest.approx(line.p_in, abs=0.06)


def test_needing_further_scores_means_one_fewer_would_not_do() -> None:
    (line,) = lines_of(joint_of([9.0, 7.4, 6.6, 4.0]), (2,), score_variance=0.8)
    distance = np.array([2.0, 0.4])
    assert line.line == 7.0
    for k, gap in zip((0, 1), distance, strict=True):
        half = [
            1.959964 * np.sqrt(1 / (1 / line.sd[k] ** 2 + n / 0.8))
            for n in (line.needed[k], max(line.needed[k] - 1, 0))
        ]
        assert half[0] <= gap
        assert line.needed[k] == 0 or half[1] > gap
    assert line.needed[0] == 0 and line.needed[1] > 0


def test_not_knowing_the_variance_of_a_score_leaves_the_need_unknown() -> None:
    (line,) = lines_of(joint_of([8.0, 7.0, 6.0]), (1,))
    assert np.isnan(line.needed).all()


def test_knowing_scores_exactly_needs_no_further_score() -> None:
    (line,) = lines_of(joint_of([8.0, 7.9, 6.0], 0.0), (1,), score_variance=0.5)
    assert line.p_in.tolist() == [1, 0, 0]
    assert line.needed.tolist() == [0, 0, 0]
    assert line.expected_wrong == 0


def test_taking_contrasts_equals_the_centred_covariance() -> None:
    random = np.random.default_rng(3)
    joint = JointNormal(np.zeros(6), random.uniform(0.1, 1, 6), random.normal(0, 1, (6, 3)))
    members = np.array([0, 2, 3, 5])
    centring = np.eye(4) - 0.25
    covariance = centring @ joint.covariance()[np.ix_(members, members)] @ centring
    assert contrast_sd(joint, members) == pytest.approx(np.sqrt(covariance.diagonal()))


def test_expecting_errors_after_further_scores_equals_simulating_them() -> None:
    (line,) = lines_of(joint_of([9.0, 7.4, 6.6, 4.0], 0.5), (2,))
    given = further_scores(line, 0.8, 6)
    random = np.random.default_rng(4)
    wrong = 0.0
    for distance, sd, n in zip(line.distance, line.sd, given.count, strict=True):
        mean = distance * sd
        truth = mean + sd * random.standard_normal(200_000)
        guess = np.full(200_000, mean)
        if n:
            seen = truth + np.sqrt(0.8 / n) * random.standard_normal(200_000)
            guess = (mean / sd**2 + seen * n / 0.8) / (1 / sd**2 + n / 0.8)
        wrong += float(np.mean((truth > 0) != (guess > 0)))
    assert given.expected_wrong[-1] == pytest.approx(wrong, abs=0.006)
    assert given.expected_wrong[0] == pytest.approx(norm.cdf(-np.abs(line.distance)).sum())


def test_giving_further_scores_finds_the_best_allocation() -> None:
    (line,) = lines_of(joint_of([9.0, 7.6, 6.9, 4.0], 0.5), (2,))
    best = min(
        expected(line, np.array(counts))
        for counts in product(range(6), repeat=4)
        if sum(counts) == 5
    )
    given = further_scores(line, 0.8, 5)
    assert given.order.size == 5
    assert given.expected_wrong[-1] == pytest.approx(best, abs=1e-9)
    assert (np.diff(given.expected_wrong) < 0).all()


def expected(line: CutLine, counts: Floats) -> float:
    total = 0.0
    for member, n in enumerate(counts.tolist()):
        given = further_scores(only(line, member), 0.8, n)
        total += float(given.expected_wrong[-1])
    return total


def only(line: CutLine, member: int) -> CutLine:
    """The same line with one member, who takes all scores."""
    kept = slice(member, member + 1)
    arrays = {
        name: getattr(line, name)[kept]
        for name in (
            "members",
            "is_in",
            "p_in",
            "uncertain",
            "uncertain_jointly",
            "distance",
            "sd",
            "needed",
        )
    }
    return CutLine(
        top=line.top,
        group=0,
        line=line.line,
        true_line=line.true_line,
        expected_wrong=line.expected_wrong,
        **arrays,
    )


def test_giving_no_further_scores_changes_nothing() -> None:
    (line,) = lines_of(joint_of([9.0, 7.0, 5.0]), (1,))
    given = further_scores(line, 0.8, 0)
    assert (given.order.size, given.count.tolist()) == (0, [0, 0, 0])
    assert given.expected_wrong.size == 1
