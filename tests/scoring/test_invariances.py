"""What must not matter does not: names, the order of rows, the zero and unit of the scale."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from competition.scoring import Ratings, Result, score

SCORES = st.dictionaries(
    st.tuples(st.integers(0, 5), st.integers(0, 6)),
    st.integers(0, 40).map(lambda quarter: quarter / 4),
    min_size=1,
    max_size=36,
)
METHOD = st.sampled_from(["mean", "trimmed", "zscore", "minmax", "percentile", "additive"])
"""In closed form; test_invariances_of_models has the others."""
Cells = dict[tuple[int, int], float]


def scored(cells: Cells, method: str, *, shift: float = 0, factor: float = 1) -> Result:
    return score(
        Ratings.from_columns(
            judge=[judge for judge, _ in cells],
            entry=[entry for _, entry in cells],
            value=[value * factor + shift for value in cells.values()],
        ),
        method=method,
    )


def by_entry(result: Result) -> dict[object, tuple[float, float, int]]:
    columns = (result.adjusted.tolist(), result.se.tolist(), result.rank.tolist())
    return dict(zip(result.entries, zip(*columns, strict=True), strict=True))


def assert_same(ours: Result, theirs: Result) -> None:
    mine, other = by_entry(ours), by_entry(theirs)
    assert mine.keys() == other.keys()
    for entry, values in mine.items():
        assert values == pytest.approx(other[entry], rel=1e-9, abs=1e-7, nan_ok=True)


@given(SCORES, METHOD, st.randoms(use_true_random=False))
def test_permuting_the_rows_changes_nothing(cells: Cells, method: str, random: object) -> None:
    items = list(cells.items())
    random.shuffle(items)  # type: ignore[attr-defined]
    assert_same(scored(dict(items), method), scored(cells, method))


@given(SCORES, METHOD, st.permutations(range(6)), st.permutations(range(7)))
def test_relabelling_judges_and_entries_moves_the_results_with_them(
    cells: Cells, method: str, judges: list[int], entries: list[int]
) -> None:
    renamed = {(judges[j], entries[i]): value for (j, i), value in cells.items()}
    back = {entries[i]: i for i in range(7)}
    theirs, ours = by_entry(scored(renamed, method)), by_entry(scored(cells, method))
    for entry, values in theirs.items():
        assert values == pytest.approx(ours[back[int(str(entry))]], abs=1e-7, nan_ok=True)


@given(SCORES, METHOD, st.sampled_from([-7.5, 100.0]), st.sampled_from([0.5, 10.0]))
def test_moving_and_stretching_the_scale_moves_and_stretches_the_scores(
    cells: Cells, method: str, shift: float, factor: float
) -> None:
    plain = scored(cells, method)
    moved = scored(cells, method, shift=shift, factor=factor)
    assert moved.adjusted == pytest.approx(plain.adjusted * factor + shift, rel=1e-9, abs=1e-7)
    assert moved.rank.tolist() == plain.rank.tolist()


@given(SCORES, st.integers(0, 5), st.sampled_from([-20.0, 3.25]))
def test_making_one_judge_harsher_changes_no_difference_under_additive(
    cells: Cells, judge: int, points: float
) -> None:
    moved = {key: value - points * (key[0] == judge) for key, value in cells.items()}
    plain, harsher = scored(cells, "additive"), scored(moved, "additive")
    if np.isnan(plain.sigma2):
        return
    for group in range(plain.components):
        mine = plain.component == group
        change = harsher.adjusted[mine] - plain.adjusted[mine]
        assert change == pytest.approx(np.full(mine.sum(), change[0]), abs=1e-7)
    assert harsher.rank.tolist() == plain.rank.tolist()
    assert harsher.sigma2 == pytest.approx(plain.sigma2, rel=1e-6, abs=1e-9)


@given(SCORES)
def test_exchanging_judges_and_entries_keeps_the_fit(cells: Cells) -> None:
    plain = scored(cells, "additive")
    turned = scored({(entry, judge): value for (judge, entry), value in cells.items()}, "additive")
    assert turned.df == plain.df
    assert turned.components == plain.components
    assert turned.sigma2 == pytest.approx(plain.sigma2, rel=1e-6, abs=1e-9, nan_ok=True)
    if np.isnan(plain.sigma2):
        return
    names = {name: place for place, name in enumerate(plain.judges)}
    for group in range(plain.components):
        entries = [turned.entries[i] for i in np.flatnonzero(turned.component == group)]
        ours = plain.severity[[names[name] for name in entries]]
        theirs = turned.adjusted[turned.component == group]
        assert -ours == pytest.approx(theirs - theirs.mean(), abs=1e-7)


@given(SCORES, METHOD)
def test_scoring_twice_gives_the_same_bytes(cells: Cells, method: str) -> None:
    first, second = scored(cells, method), scored(cells, method)
    assert first.score.tobytes() == second.score.tobytes()
    assert first.se.tobytes() == second.se.tobytes()
