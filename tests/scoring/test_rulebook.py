"""A rule book is checked to the key, frozen, and the same rules have the same digest."""

from __future__ import annotations

from dataclasses import FrozenInstanceError
from typing import Any

import pytest

from competition.scoring import BadRules, Criterion, Rounding, RuleBook

ISU = """
[scoring]
unit = "criterion"
method = "trimmed"
drop_high = 1
drop_low = 1
drop_minimum = 5
[scoring.round]
criterion = 2
weighted = 2
total = 2
[[criteria]]
name = "Performance"
weight = 0.8
"""


def refusal(document: dict[str, Any]) -> dict[str, Any]:
    with pytest.raises(BadRules) as caught:
        RuleBook.from_dict(document)
    return caught.value.facts


def test_parsing_toml_gives_every_key() -> None:
    assert RuleBook.from_toml(ISU) == RuleBook(
        unit="criterion",
        method="trimmed",
        round=Rounding(criterion=2, weighted=2, total=2),
        criteria=(Criterion("Performance", 0.8),),
    )


def test_writing_and_reading_a_rule_book_gives_it_back() -> None:
    rules = RuleBook(
        weighting="percent",
        criteria=(Criterion("创新", 60, (0, 100), 0.5), Criterion("Use", 40, (1, 10))),
    )
    again = RuleBook.from_dict(rules.to_dict())
    assert again == rules
    assert again.digest == rules.digest


def test_digesting_ignores_the_order_of_keys_and_written_out_defaults() -> None:
    terse = RuleBook.from_toml('[scoring]\nmethod = "mean"')
    wordy = RuleBook.from_toml('[scoring]\ndrop_low = 1\nunit = "scorecard"\nmethod = "mean"')
    assert terse.digest == wordy.digest
    assert terse.digest != RuleBook(method="additive").digest
    assert len(terse.digest) == 64


def test_changing_a_rule_book_is_refused() -> None:
    with pytest.raises(FrozenInstanceError):
        RuleBook().method = "mean"  # type: ignore[misc]


def test_parsing_broken_toml_names_line_and_column() -> None:
    with pytest.raises(BadRules) as caught:
        RuleBook.from_toml("[scoring]\nmethod = mean\n")
    facts = caught.value.facts
    assert (facts["problem"], facts["line"], facts["column"]) == ("broken_toml", 2, 10)


@pytest.mark.parametrize(
    ("document", "problem", "key"),
    [
        ({"scores": {}}, "unknown_key", "scores"),
        ({"scoring": {"metod": "mean"}}, "unknown_key", "scoring.metod"),
        ({"scoring": {"round": {"totals": 2}}}, "unknown_key", "scoring.round.totals"),
        ({"criteria": [{"name": "A", "wieght": 1}]}, "unknown_key", "criteria[1].wieght"),
        ({"scoring": {"method": "median"}}, "unknown_value", "scoring.method"),
        ({"scoring": {"unit": "judge"}}, "unknown_value", "scoring.unit"),
        ({"scoring": {"weighting": "share"}}, "unknown_value", "scoring.weighting"),
        ({"scoring": []}, "wrong_type", "scoring"),
        ({"scoring": {"method": 3}}, "wrong_type", "scoring.method"),
        ({"scoring": {"drop_high": True}}, "wrong_type", "scoring.drop_high"),
        ({"scoring": {"drop_low": 1.5}}, "wrong_type", "scoring.drop_low"),
        ({"criteria": {"name": "A"}}, "wrong_type", "criteria"),
        ({"criteria": [{"name": "A", "weight": "20"}]}, "wrong_type", "criteria[1].weight"),
        ({"criteria": [{"name": "A", "scale": [1]}]}, "wrong_type", "criteria[1].scale"),
        (
            {"criteria": [{"name": "A", "scale": [0, float("inf")]}]},
            "wrong_type",
            "criteria[1].scale",
        ),
        ({"criteria": [{"weight": 1}]}, "missing_key", "criteria[1].name"),
        ({"criteria": [{"name": "A"}, {"name": "A"}]}, "duplicate", "criteria[2].name"),
        ({"criteria": [{"name": "A", "weight": -1}]}, "out_of_range", "criteria[1].weight"),
        ({"criteria": [{"name": "A", "step": 0}]}, "out_of_range", "criteria[1].step"),
        ({"criteria": [{"name": "A", "scale": [5, 5]}]}, "bad_scale", "criteria[1].scale"),
        ({"scoring": {"drop_high": -1}}, "too_small", "scoring.drop_high"),
        (
            {"scoring": {"drop_high": 2, "drop_low": 2, "drop_minimum": 4}},
            "nothing_left_to_average",
            "scoring.drop_minimum",
        ),
        ({"scoring": {"round": {"total": 13}}}, "out_of_range", "scoring.round.total"),
        (
            {"scoring": {"round": {"total": 2, "display": 1}}},
            "too_small",
            "scoring.round.display",
        ),
        (
            {
                "scoring": {"weighting": "percent"},
                "criteria": [{"name": "A", "weight": 99.9, "scale": [0, 10]}],
            },
            "weights_do_not_sum",
            "criteria.weight",
        ),
        (
            {"scoring": {"weighting": "percent"}, "criteria": [{"name": "A", "weight": 100}]},
            "missing_key",
            "criteria[1].scale",
        ),
    ],
)
def test_reading_a_wrong_rule_book_names_the_key(
    document: dict[str, Any], problem: str, key: str
) -> None:
    facts = refusal(document)
    assert (facts["problem"], facts["key"]) == (problem, key)


def test_refusing_an_unknown_key_says_what_is_allowed() -> None:
    assert refusal({"scoring": {"round": {"places": 2}}})["allowed"] == [
        "criterion",
        "weighted",
        "total",
        "display",
    ]


def test_summing_percent_weights_is_exact_in_decimal() -> None:
    shares = [33.3, 33.3, 33.4]
    rules = RuleBook(
        weighting="percent",
        criteria=tuple(Criterion(f"C{w}{i}", w, (0, 10)) for i, w in enumerate(shares)),
    )
    assert rules.span == 100
