"""Every warning that scoring may give has words, and none of the public ones names a judge."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask

from competition import paths
from competition.web.results.words import PUBLIC, WARNINGS, public_warnings, warning_sentence

FACTS: dict[str, dict[str, Any]] = {
    "criteria_not_declared": {"criteria": ["A"]},
    "round_step_unused": {"keys": ["scoring.round.criterion"]},
    "zero_weights": {"ratings": 3},
    "weights_ignored": {"method": "zscore"},
    "incomplete_scorecard": {
        "counted": False,
        "scorecards": [{"judge": 7, "entry": "E-017", "missing": ["A"]}],
    },
    "unscored_entries": {"entries": [f"E-{n:03}" for n in range(1, 21)]},
    "disconnected": {"components": 2, "sizes": [3, 4], "ranked": "within_components"},
    "panels_differ": {"method": "mean"},
    "tracks_differ": {"method": "zscore"},
    "no_information": {"score": 5.0},
    "judge_single_score": {"judges": [7]},
    "judge_no_variance": {"judges": [7, 12]},
    "trim_fallback": {"entries": ["E-001"], "minimum": 5, "fallback": "mean"},
    "few_scores_per_judge": {"minimum": 8, "judges": [7]},
    "weak_connectivity": {"normalized": 0.0312345, "limit": 0.05},
    "no_draws": {"method": "mean"},
    "unit_changed": {"unit": "scorecard", "method": "bayes"},
    "wide_spread": {"threshold": 15.0, "action": "further_judge", "entries": ["E-001"]},
    "no_line": {"lines": ["final"], "components": 2},
    "tie_at_line": {"lines": ["final"]},
    "not_converged": {"what": "mixed", "fallback": "additive"},
    "variance_on_boundary": {"components": ["judge"]},
    "few_scores_for_scale": {"minimum": 15, "judges": [7]},
    "scales_alike": {"p_value": 0.41},
    "many_scores": {"scores": 60000, "enough": 50000},
    "no_finite_strength": {"groups": 1, "prior_deviation": 3.0, "entries": ["E-001"]},
    "extreme_entries": {"top": ["E-001"], "bottom": []},
    "extreme_judges": {"judges": [7]},
    "no_error_variance": {"scores": 4, "entries": 2, "judges": 3, "fallback": "mean"},
}


def codes_in_the_core() -> Iterator[str]:
    """First arguments of the calls that make a warning."""
    for file in (paths.PACKAGE / "scoring").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            name = ast.unparse(node.func).rsplit(".", 1)[-1]
            if name in {"ScoreWarning", "warning"} and isinstance(node.args[0], ast.Constant):
                yield str(node.args[0].value)


def test_looking_into_the_core_finds_no_warning_without_words() -> None:
    endings = ("_within_components", "_across_components")
    known = {code.removesuffix(endings[0]).removesuffix(endings[1]) for code in WARNINGS}
    known.remove("not_converged_fallback")
    assert set(codes_in_the_core()) == known == set(FACTS)


@pytest.mark.parametrize("code", FACTS)
@pytest.mark.parametrize("locale", ["en", "zh-CN"])
def test_wording_a_warning_fills_in_its_facts(app: Flask, code: str, locale: str) -> None:
    with app.test_request_context(headers={"Accept-Language": locale}):
        for extra in ({}, {"criterion": "Idea"}):
            sentence = warning_sentence({"code": code, "facts": {**FACTS[code], **extra}})
            assert "%" not in sentence
            assert ("Idea" in sentence) is bool(extra)


def test_wording_a_long_list_names_the_first_and_counts_the_rest(app: Flask) -> None:
    with app.test_request_context():
        warning = {"code": "unscored_entries", "facts": FACTS["unscored_entries"]}
        assert warning_sentence(warning) == (
            "No scorecard is submitted for E-001, E-002, E-003, E-004, E-005, E-006, E-007, E-008 "
            "and 12 more. An entry without one stands last and has no rank."
        )


def test_wording_public_warnings_names_no_judge(app: Flask) -> None:
    with app.test_request_context():
        warnings = [{"code": code, "facts": facts} for code, facts in FACTS.items()]
        sentences = public_warnings(warnings)
    assert len(sentences) == len(PUBLIC)
    assert not any("Judge 07" in sentence for sentence in sentences)
