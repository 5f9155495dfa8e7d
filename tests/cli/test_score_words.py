"""Every code that the scoring core and the tables can give has its words."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import competition.adapters.spreadsheets.refusals as refusals
from competition import scoring
from competition.cli import score_words
from competition.scoring import BadRules, ScoringError
from competition.scoring.errors import NotEnoughData
from competition.scoring.rulebook_parts import FALLBACKS

SOURCES = "\n".join(
    file.read_text(encoding="utf-8") for file in Path(scoring.__path__[0]).rglob("*.py")
)
WARNINGS = sorted(set(re.findall(r'(?:ScoreWarning|\.warning)\(\s*"(\w+)"', SOURCES)))
PROBLEMS = sorted(set(re.findall(r'problem="(\w+)"', SOURCES)))
REFUSALS = [kind.code for kind in refusals.SpreadsheetError.__subclasses__()]


def test_reading_the_scoring_core_finds_its_codes() -> None:
    assert {"incomplete_scorecard", "no_error_variance", "disconnected"} <= set(WARNINGS)
    assert {"broken_toml", "unknown_key"} <= set(PROBLEMS)


def test_wording_warnings_covers_exactly_the_codes_there_are() -> None:
    assert sorted(score_words._WARNINGS) == WARNINGS


@pytest.mark.parametrize("problem", PROBLEMS)
def test_wording_a_problem_of_a_rule_book_names_key_and_what_is_allowed(problem: str) -> None:
    facts = BadRules(problem=problem, key="a.b", value=1.5, allowed=["x"], detail="d").facts
    sentence = score_words.rules_sentence(facts)
    assert sentence.endswith(".")
    assert ("a.b" in sentence and "Allowed: x." in sentence) or problem == "broken_toml"


@pytest.mark.parametrize("code", REFUSALS)
def test_wording_a_refused_table_gives_a_sentence(code: str) -> None:
    assert score_words.spreadsheet_sentence(code, {"limit": 5}).endswith(".")


@pytest.mark.parametrize("kind", ScoringError.__subclasses__())
def test_wording_a_failure_gives_a_sentence(kind: type[ScoringError]) -> None:
    facts = {"what": "rasch", "count": 3, "most": 2, "criteria": ["A"], "sets": [[1], [2]]}
    if kind is BadRules:
        facts = {"problem": "unknown_key", "key": "a"}
    assert score_words.failure_sentence(kind(**facts))


@pytest.mark.parametrize("case", sorted(FALLBACKS.keys() - {"disconnected", "not_converged"}))
def test_wording_what_a_rule_book_refuses_says_so(case: str) -> None:
    sentence = score_words.failure_sentence(NotEnoughData(what=case))
    assert sentence.startswith("The rule book refuses ")
