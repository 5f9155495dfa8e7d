"""What must not matter to the iterative methods does not, on panels like real ones."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from competition.scoring import Criterion, Ratings, Result, RuleBook, Simulation, score
from tests.scoring.method_cases import rules_for

ITERATIVE = ("mixed", "scaled", "rasch", "bradley_terry")
ALIKE = 1e-6
Rows = Sequence[tuple[str, str, float, str]]


def panel(seed: int, entries: int = 24, judges: int = 6, each: int = 4) -> Rows:
    """Whole scores from 1 to 10 by judges of different severity, spread and precision."""
    random = np.random.default_rng(seed)
    quality, bias = random.normal(0, 1, entries), random.normal(0, 0.8, judges)
    spread, noise = np.exp(random.normal(0, 0.25, judges)), np.exp(random.normal(0, 0.3, judges))
    rows = []
    for i in range(entries):
        for j in sorted({(i + k * (1 + i % (judges - 1))) % judges for k in range(each)}):
            exact = 5.5 + bias[j] + 1.5 * spread[j] * quality[i] + noise[j] * random.normal()
            rows.append((f"J{j}", f"E{i}", float(np.clip(np.rint(exact), 1, 10)), f"T{i % 2}"))
    return rows


def scored(
    rows: Rows,
    method: str,
    *,
    shift: float = 0,
    factor: float = 1,
    weight: float | None = None,
    tracks: bool = False,
    rules: RuleBook | None = None,
) -> Result:
    judge, entry, value, track = zip(*rows, strict=True)
    ratings = Ratings.from_columns(
        judge=judge,
        entry=entry,
        value=[item * factor + shift for item in value],
        weight=None if weight is None else [weight] * len(rows),
        track=track if tracks else None,
    )
    return score(ratings, method=method, rules=rules)


def by_label(result: Result) -> tuple[dict[object, float], dict[object, int], dict[object, float]]:
    return (
        dict(zip(result.entries, result.adjusted.tolist(), strict=True)),
        dict(zip(result.entries, result.rank.tolist(), strict=True)),
        dict(zip(result.judges, result.severity.tolist(), strict=True)),
    )


def assert_same(ours: Result, theirs: Result) -> None:
    mine, other = by_label(ours), by_label(theirs)
    assert mine[0] == pytest.approx(other[0], rel=ALIKE, abs=ALIKE)
    assert mine[1] == other[1]
    assert mine[2] == pytest.approx(other[2], nan_ok=True, rel=ALIKE, abs=ALIKE)


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("method", ITERATIVE)
def test_permuting_the_rows_changes_nothing(method: str, seed: int) -> None:
    rows = panel(seed)
    mixed_up = [rows[k] for k in np.random.default_rng(9).permutation(len(rows))]
    assert_same(scored(mixed_up, method), scored(rows, method))


@pytest.mark.parametrize("method", ITERATIVE)
def test_relabelling_judges_and_entries_moves_the_results_with_them(method: str) -> None:
    rows = panel(3)
    renamed = [(f"Z{99 - int(j[1:])}", f"A{99 - int(e[1:])}", v, t) for j, e, v, t in rows]
    ours, theirs = by_label(scored(rows, method)), by_label(scored(renamed, method))
    for (name, value), other in zip(ours[0].items(), theirs[0].values(), strict=True):
        assert value == pytest.approx(other, rel=ALIKE, abs=ALIKE), name


@pytest.mark.parametrize(("shift", "factor"), [(-3.0, 1.0), (100.0, 0.5), (0.0, 10.0)])
@pytest.mark.parametrize("method", ITERATIVE)
def test_moving_and_stretching_the_scale_moves_and_stretches_the_scores(
    method: str, shift: float, factor: float
) -> None:
    plain = scored(panel(4), method)
    moved = scored(panel(4), method, shift=shift, factor=factor)
    in_points = method != "bradley_terry"
    expected = plain.adjusted * factor + shift if in_points else plain.adjusted
    assert moved.adjusted == pytest.approx(expected, rel=ALIKE, abs=ALIKE)
    assert moved.rank.tolist() == plain.rank.tolist()


@pytest.mark.parametrize("method", ["mean", "additive", "mixed", "scaled", "bradley_terry"])
def test_doubling_all_weights_changes_no_score(method: str) -> None:
    single, double = scored(panel(5), method, weight=1), scored(panel(5), method, weight=2)
    assert double.adjusted == pytest.approx(single.adjusted, rel=1e-4, abs=1e-4)


def test_exchanging_judges_and_entries_keeps_the_variances_and_the_criterion() -> None:
    rows = panel(6)
    plain = scored(rows, "mixed")
    turned = scored([(entry, judge, value, track) for judge, entry, value, track in rows], "mixed")
    assert plain.variance is not None and turned.variance is not None
    assert turned.variance.entry == pytest.approx(plain.variance.judge, rel=1e-4)
    assert turned.variance.judge == pytest.approx(plain.variance.entry, rel=1e-4)
    assert turned.criterion_value == pytest.approx(plain.criterion_value, rel=1e-6)
    effect = -turned.severity
    apart = plain.adjusted - plain.adjusted.mean()
    assert effect - effect.mean() == pytest.approx(apart, rel=1e-4, abs=1e-4)


SCALE = RuleBook(
    method="bayes",
    criteria=(Criterion("Total", scale=(1, 10), step=1),),
    simulation=Simulation(chains=2, sweeps=600, burn_in=200, extensions=1),
)


def test_permuting_and_relabelling_moves_a_simulation_by_chance_alone() -> None:
    rows = panel(7)
    other = [(f"Z{99 - int(j[1:])}", e, v, t) for j, e, v, t in reversed(rows)]
    first, second = scored(rows, "bayes", rules=SCALE), scored(other, "bayes", rules=SCALE)
    mine, theirs = by_label(first)[0], by_label(second)[0]
    se = dict(zip(first.entries, first.se.tolist(), strict=True))
    apart = [abs(mine[name] - theirs[name]) / se[name] for name in mine]
    assert max(apart) < 0.4


def test_simulating_twice_from_one_seed_gives_the_same_bytes_and_from_another_others() -> None:
    rows, short = panel(8), rules_for("bayes")
    first, second = scored(rows, "bayes", rules=short), scored(rows, "bayes", rules=short)
    assert first.adjusted.tobytes() == second.adjusted.tobytes()
    assert first.se.tobytes() == second.se.tobytes()
    judge, entry, value, _ = zip(*rows, strict=True)
    ratings = Ratings.from_columns(judge=judge, entry=entry, value=value)
    assert score(ratings, rules=short, seed=5).adjusted.tobytes() != first.adjusted.tobytes()


def test_giving_tracks_makes_them_fixed_effects_of_mixed() -> None:
    better = [(j, e, v + 3 * (t == "T1"), t) for j, e, v, t in panel(10)]
    with_tracks = scored(better, "mixed", tracks=True)
    without = scored(better, "mixed")
    assert with_tracks.variance is not None and without.variance is not None
    assert with_tracks.variance.entry < without.variance.entry
