"""A rule book is checked to the key, frozen, and the same rules have the same digest."""

from __future__ import annotations

import json
from dataclasses import FrozenInstanceError, replace
from typing import Any

import pytest

from competition.scoring import (
    BadRules,
    Criterion,
    Fallback,
    Line,
    Rounding,
    RuleBook,
    Simulation,
    Spread,
)

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


FULL = """
[scoring]
method = "bayes"
seed = 20261126
ties = ["criterion:Idea", "median", "lot"]
[scoring.fallback]
disconnected = "refuse"
[scoring.spread]
threshold = 15
action = "reconcile"
[scoring.simulation]
chains = 4
[[scoring.lines]]
name = "Final"
percent = 30
rounding = "up"
[[criteria]]
name = "Idea"
comment = "extremes"
"""


def test_parsing_every_later_key_gives_it_and_writing_gives_it_back() -> None:
    rules = RuleBook.from_toml(FULL)
    assert rules == RuleBook(
        method="bayes",
        seed=20261126,
        ties=("criterion:Idea", "median", "lot"),
        fallback=Fallback(disconnected="refuse"),
        spread=Spread(15, "reconcile"),
        simulation=Simulation(chains=4),
        lines=(Line("Final", percent=30, rounding="up"),),
        criteria=(Criterion("Idea", comment="extremes"),),
    )
    again = RuleBook.from_dict(json.loads(rules.canonical_json))
    assert (again, again.digest) == (rules, rules.digest)


def test_digesting_a_rule_book_of_the_first_version_gives_what_it_gave_then() -> None:
    rules = RuleBook(
        method="trimmed",
        unit="criterion",
        round=Rounding(2, 2, 2),
        criteria=(Criterion("P", 0.8, (0, 10), 0.25),),
    )
    assert RuleBook().digest == "be57a593e8fb353dfb66cd91e90f28e8623ecff17f2c850084196f92761d8975"
    assert rules.digest == "2afa4b1ce013fec3d5fd0142422cbc8ab69dbdbc69ff58733abee3e648590bc1"


@pytest.mark.parametrize("key", ["seed", "ties", "fallback", "spread", "simulation", "lines"])
def test_changing_any_later_key_changes_the_digest(key: str) -> None:
    rules = RuleBook.from_toml(FULL)
    document = rules.to_dict()
    del document["scoring"][key]
    assert RuleBook.from_dict(document).digest != rules.digest


def test_comparing_with_another_method_lets_go_what_that_one_does_not_know() -> None:
    rules = RuleBook(
        method="trimmed",
        unit="criterion",
        fallback=Fallback(disconnected="across_components", no_variance="refuse"),
    )
    other = rules.with_method("bayes")
    assert (other.unit, other.fallback) == ("scorecard", Fallback(no_variance="refuse"))
    assert rules.with_method("mean") == replace(rules, method="mean")


def test_totalling_scales_and_steps_follows_the_weights() -> None:
    rules = RuleBook(
        criteria=(Criterion("A", 2, (0, 10), 0.5), Criterion("B", 1.5, (1, 5), 1)),
    )
    assert (rules.scale, rules.step, rules.span) == ((1.5, 27.5), 0.5, 26.0)
    assert RuleBook(criteria=(Criterion("A", scale=(0, 10)),)).step is None
    assert RuleBook().scale is None


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
        ({"criteria": [{"name": "A" * 1_001}]}, "too_long", "criteria[1].name"),
        ({"criteria": [{"name": "A", "weight": -1}]}, "out_of_range", "criteria[1].weight"),
        ({"criteria": [{"name": "A", "step": 0}]}, "out_of_range", "criteria[1].step"),
        ({"criteria": [{"name": "A", "scale": [5, 5]}]}, "bad_scale", "criteria[1].scale"),
        ({"scoring": {"drop_high": -1}}, "too_small", "scoring.drop_high"),
        ({"scoring": {"seed": -1}}, "out_of_range", "scoring.seed"),
        ({"scoring": {"seed": "x"}}, "wrong_type", "scoring.seed"),
        ({"scoring": {"ties": "lot"}}, "wrong_type", "scoring.ties"),
        ({"scoring": {"ties": ["median", 3]}}, "wrong_type", "scoring.ties[2]"),
        ({"scoring": {"lines": {"top": 3}}}, "wrong_type", "scoring.lines"),
        ({"scoring": {"fallback": {"ties": "lot"}}}, "unknown_key", "scoring.fallback.ties"),
        (
            {"scoring": {"fallback": {"all_equal": "flag"}}},
            "unknown_value",
            "scoring.fallback.all_equal",
        ),
        (
            {"scoring": {"fallback": {"disconnected": "across_components"}}},
            "not_with_method",
            "scoring.fallback.disconnected",
        ),
        (
            {"scoring": {"method": "bayes", "unit": "criterion"}},
            "not_with_method",
            "scoring.unit",
        ),
        ({"scoring": {"spread": {"action": "flag"}}}, "missing_key", "scoring.spread.threshold"),
        ({"scoring": {"spread": {"threshold": 0}}}, "out_of_range", "scoring.spread.threshold"),
        (
            {"scoring": {"spread": {"threshold": 5, "action": "phone"}}},
            "unknown_value",
            "scoring.spread.action",
        ),
        (
            {"scoring": {"simulation": {"chains": 1}}},
            "out_of_range",
            "scoring.simulation.chains",
        ),
        (
            {"scoring": {"simulation": {"sweeps": 500}}},
            "out_of_range",
            "scoring.simulation.sweeps",
        ),
        ({"criteria": [{"name": "A", "comment": "no"}]}, "unknown_value", "criteria[1].comment"),
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
