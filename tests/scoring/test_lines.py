"""Lines of the rule book decide who goes through, ties and minimum scores as declared."""

from __future__ import annotations

from typing import Any

import pytest

from competition.scoring import BadRules, Line, Result, RuleBook, score
from tests.scoring.builders import crossed, ratings_of

SCORES = [9, 8, 8, 8, 7, 6, 5]


def drawn(line: Line, ties: tuple[str, ...] = ("same_rank",), scores: Any = SCORES) -> Result:
    rules = RuleBook(method="mean", lines=(line,), ties=ties)
    return score(crossed([[value, value] for value in scores]), rules=rules)


@pytest.mark.parametrize(
    ("line", "through"),
    [
        (Line("x", top=1), 1),
        (Line("x", top=4), 4),
        (Line("x", top=2), 4),
        (Line("x", top=2, tie="shrink"), 1),
        (Line("x", top=99), 7),
        (Line("x", percent=50), 4),
        (Line("x", percent=65), 5),
        (Line("x", percent=65, rounding="down"), 4),
        (Line("x", percent=58, rounding="up"), 5),
        (Line("x", percent=5, rounding="down"), 0),
        (Line("x", percent=100), 7),
        (Line("x", minimum=7), 5),
        (Line("x", top=6, minimum=7), 5),
        (Line("x", minimum=9.5), 0),
    ],
)
def test_drawing_a_line_lets_through_what_it_says(line: Line, through: int) -> None:
    (found,) = drawn(line).lines
    assert found.through == tuple(f"E{i}" for i in range(through))


def test_drawing_a_line_through_equal_scores_names_them_and_warns() -> None:
    result = drawn(Line("semi-final", top=2))
    (found,) = result.lines
    assert found.at_line == ("E1", "E2", "E3")
    assert [w.facts for w in result.warnings if w.code == "tie_at_line"] == [
        {"lines": ["semi-final"]}
    ]


def test_breaking_a_tie_at_the_line_follows_the_chain() -> None:
    rules = RuleBook(
        method="mean", lines=(Line("final", top=2, tie="tie_break"),), ties=("highest", "same_rank")
    )
    result = score(crossed([[9, 9], [8, 8], [7, 9], [6, 6]]), rules=rules)
    assert result.lines[0].through == ("E0", "E2")
    assert result.lines[0].at_line == ("E2", "E1")


def test_breaking_no_tie_at_the_line_lets_all_of_them_through() -> None:
    (found,) = drawn(Line("final", top=2, tie="tie_break")).lines
    assert found.through == ("E0", "E1", "E2", "E3")


def test_missing_the_minimum_is_told_apart_from_missing_the_seats() -> None:
    (found,) = drawn(Line("final", top=6, minimum=7)).lines
    assert (found.seats, found.below_minimum) == (6, ("E5",))


def test_counting_a_share_leaves_out_who_has_no_score() -> None:
    rows = [("A", f"E{i}", "Idea", 9 - i) for i in range(4)]
    rows += [("A", f"E{i}", "Use", 5) for i in range(2)]
    rules = RuleBook.from_dict(
        {
            "scoring": {"method": "mean", "lines": [{"name": "half", "percent": 50}]},
            "criteria": [{"name": "Idea"}, {"name": "Use"}],
        }
    )
    (found,) = score(ratings_of(rows), rules=rules).lines
    assert (found.seats, found.through) == (1, ("E0",))


def test_drawing_no_line_across_rankings_that_no_judge_connects() -> None:
    rules = RuleBook(method="mean", lines=(Line("final", top=1),))
    result = score(ratings_of([("A", "X", 5), ("B", "Y", 6)]), rules=rules)
    assert result.lines == ()
    assert {"no_line", "disconnected"} <= {warning.code for warning in result.warnings}


@pytest.mark.parametrize(
    ("line", "problem", "key"),
    [
        ({"name": "x"}, "missing_key", "scoring.lines[1].top"),
        ({"top": 3}, "missing_key", "scoring.lines[1].name"),
        ({"name": "x", "top": 3, "percent": 5}, "not_together", "scoring.lines[1].percent"),
        ({"name": "x", "top": 0}, "too_small", "scoring.lines[1].top"),
        ({"name": "x", "top": 2.5}, "wrong_type", "scoring.lines[1].top"),
        ({"name": "x", "percent": 101}, "out_of_range", "scoring.lines[1].percent"),
        ({"name": "x", "top": 1, "tie": "dice"}, "unknown_value", "scoring.lines[1].tie"),
        ({"name": "x", "top": 1, "seats": 2}, "unknown_key", "scoring.lines[1].seats"),
    ],
)
def test_declaring_a_line_that_cannot_be_drawn_names_the_key(
    line: dict[str, Any], problem: str, key: str
) -> None:
    with pytest.raises(BadRules) as caught:
        RuleBook.from_dict({"scoring": {"lines": [line]}})
    facts = caught.value.facts
    assert (facts["problem"], facts["key"]) == (problem, key)
