"""The 2018 Olympic figure skating results are reproduced to the last digit."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import pytest

from competition.scoring import Criterion, Ratings, Result, Rounding, RuleBook, score
from tests.scoring.builders import read_csv


@pytest.fixture(scope="module")
def segments(reference_folder: Path) -> dict[str, list[dict[str, str]]]:
    """Rows of the program components by segment.

    253 is the number of lines of the performances file, 250 that of its records:
    three names are broken over two lines inside quotes.
    """
    by_segment = defaultdict(list)
    for row in read_csv(reference_folder / "data" / "skating_owg2018_components.csv.gz"):
        by_segment[row["panel"]].append(row)
    return by_segment


def scored(rows: list[dict[str, str]], **places: int) -> Result:
    factors = {row["criterion"]: float(row["factor"]) for row in rows}
    rules = RuleBook(
        method="trimmed",
        unit="criterion",
        round=Rounding(**places),
        criteria=tuple(
            Criterion(name, factor, scale=(0, 10), step=0.25) for name, factor in factors.items()
        ),
    )
    ratings = Ratings.from_columns(
        judge=[row["judge"] for row in rows],
        entry=[row["item"] for row in rows],
        criterion=[row["criterion"] for row in rows],
        value=[row["score"] for row in rows],
    )
    return score(ratings, rules=rules)


def official_totals(folder: Path) -> dict[str, float]:
    rows = read_csv(folder / "data" / "skating_owg2018_performances.csv.gz")
    return {row["performance_id"]: float(row["total_component_score"]) for row in rows}


def test_scoring_every_segment_gives_all_250_official_component_totals(
    reference_folder: Path, segments: dict[str, list[dict[str, str]]]
) -> None:
    ours: dict[object, float] = {}
    for rows in segments.values():
        result = scored(rows, criterion=2, weighted=2, total=2)
        assert result.warnings == ()
        ours |= dict(zip(result.entries, result.score.tolist(), strict=True))
    assert len(ours) == 250
    assert ours == official_totals(reference_folder)


def test_scoring_every_segment_gives_all_1250_official_panel_scores(
    segments: dict[str, list[dict[str, str]]],
) -> None:
    ours: dict[object, float] = {}
    official: dict[object, float] = {}
    for rows in segments.values():
        result = scored(rows, criterion=2, weighted=2, total=2)
        for step, rounded in zip(
            result.working.steps, result.working.official.rounded, strict=True
        ):
            for entry, value in zip(result.entries, rounded.tolist(), strict=True):
                ours[entry, step.criterion] = value
        official |= {(row["item"], row["criterion"]): float(row["scores_of_panel"]) for row in rows}
    assert len(ours) == 1250
    assert ours == official


def test_leaving_the_steps_unrounded_misses_most_official_totals(
    reference_folder: Path, segments: dict[str, list[dict[str, str]]]
) -> None:
    official = official_totals(reference_folder)
    right = 0
    for rows in segments.values():
        result = scored(rows, total=2)
        pairs = zip(result.entries, result.score.tolist(), strict=True)
        right += sum(value == official[str(entry)] for entry, value in pairs)
    assert right == 107


def test_scoring_every_element_gives_all_2144_official_grades_of_execution(
    reference_folder: Path,
) -> None:
    rows = read_csv(reference_folder / "data" / "skating_owg2018_elements.csv.gz")
    ratings = Ratings.from_columns(
        judge=[row["judge"] for row in rows],
        entry=[row["aspect_id"] for row in rows],
        value=[row["judge_goe"] for row in rows],
    )
    result = score(ratings, method="trimmed", rules=RuleBook(round=Rounding(total=2)))
    official = {row["aspect_id"]: float(row["goe"]) for row in rows}
    assert len(official) == 2144
    assert dict(zip(result.entries, result.score.tolist(), strict=True)) == official
