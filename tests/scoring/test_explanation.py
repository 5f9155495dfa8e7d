"""The worked example of an entry adds up to its score, whatever the method."""

from __future__ import annotations

import numpy as np
import pytest

from competition.scoring import (
    Criterion,
    Rounding,
    RuleBook,
    ScoringError,
    score,
    worked_example,
)
from tests.scoring.builders import crossed, ratings_of, sparse

AVERAGING = ("mean", "trimmed", "zscore", "minmax", "percentile", "additive")


@pytest.mark.parametrize("method", AVERAGING)
def test_averaging_the_kept_lines_gives_the_score(method: str) -> None:
    result = score(sparse(1, entries=24, judges=6, each=6), method=method)
    for entry, adjusted in zip(result.entries, result.adjusted.tolist(), strict=True):
        (step,) = worked_example(result, entry).steps
        kept = [line.corrected for line in step.lines if not line.dropped]
        assert np.mean(kept) == pytest.approx(adjusted, rel=1e-9)


def test_explaining_mixed_pulls_the_mean_of_the_corrected_scores_to_the_middle() -> None:
    result = score(sparse(1, entries=24, judges=6, each=6), method="mixed")
    middle = float(result.adjusted.mean())
    for entry, adjusted in zip(result.entries, result.adjusted.tolist(), strict=True):
        (step,) = worked_example(result, entry).steps
        corrected = float(np.mean([line.corrected for line in step.lines]))
        assert step.combined == adjusted
        assert abs(adjusted - middle) < abs(corrected - middle) + 0.1
        assert (adjusted > middle) == (corrected > middle) or abs(corrected - middle) < 1


def test_explaining_additive_shows_each_severity_as_points_added() -> None:
    result = score(sparse(2))
    example = worked_example(result, "E3")
    severity = dict(zip(result.judges, result.severity.tolist(), strict=True))
    for line in example.steps[0].lines:
        assert line.severity == severity[line.judge]
        assert line.corrected == pytest.approx(line.raw + severity[line.judge], rel=1e-12)


def test_explaining_the_fallback_shows_no_severity() -> None:
    lines = worked_example(score(crossed([[7], [9]])), "E1").steps[0].lines
    assert [(line.severity, line.corrected) for line in lines] == [(None, 9.0)]


def test_explaining_trimmed_shows_what_was_dropped() -> None:
    result = score(crossed([[7, 9, 5, 8, 6]]), method="trimmed")
    example = worked_example(result, "E0")
    assert [line.dropped for line in example.steps[0].lines] == [False, True, True, False, False]
    assert (example.adjusted, example.score, example.rank) == (7.0, 7.0, 1)


def test_explaining_by_criterion_shows_every_rounded_step() -> None:
    rules = RuleBook(
        method="mean",
        unit="criterion",
        round=Rounding(criterion=2, weighted=2, total=1),
        criteria=(Criterion("Idea", 0.8), Criterion("Use", 1.6)),
    )
    rows = [
        *(("J" + str(j), "X", "Idea", value) for j, value in enumerate([8, 8.5, 8.25])),
        *(("J" + str(j), "X", "Use", value) for j, value in enumerate([7, 7, 7.25])),
    ]
    example = worked_example(score(ratings_of(rows), rules=rules), "X")
    shown = [(step.criterion, step.rounded, step.factor, step.weighted) for step in example.steps]
    assert shown == [("Idea", 8.25, 0.8, 6.6), ("Use", 7.08, 1.6, 11.33)]
    assert example.score == 17.9
    assert example.steps[1].lines[2].ratings == (("Use", 7.25),)


def test_explaining_a_scorecard_shows_its_ratings() -> None:
    rules = RuleBook(method="mean", criteria=(Criterion("Idea", 2), Criterion("Use")))
    result = score(ratings_of([("A", "X", "Use", 6), ("A", "X", "Idea", 8)]), rules=rules)
    (line,) = worked_example(result, "X").steps[0].lines
    assert (line.ratings, line.raw) == ((("Idea", 8.0), ("Use", 6.0)), 22.0)


def test_explaining_an_unscored_entry_shows_no_number() -> None:
    rules = RuleBook(method="mean", criteria=(Criterion("Idea"), Criterion("Use")))
    rows = [("A", "X", "Idea", 8), ("A", "Y", "Idea", 8), ("A", "Y", "Use", 8)]
    example = worked_example(score(ratings_of(rows), rules=rules), "X")
    assert (example.score, example.rank, example.steps[0].lines) == (None, None, ())


def test_explaining_an_unknown_entry_is_refused() -> None:
    with pytest.raises(ScoringError) as caught:
        worked_example(score(crossed([[7], [9]])), "nobody")
    assert caught.value.facts == {"entry": "nobody"}
