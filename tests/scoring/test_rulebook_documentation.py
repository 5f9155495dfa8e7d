"""docs/rulebook.md lists every key there is, with the default that it has."""

from __future__ import annotations

import json
import re
from dataclasses import MISSING, fields
from typing import Any

import pytest

from competition import paths
from competition.scoring import Criterion, Fallback, Line, Rounding, RuleBook, Simulation, Spread
from competition.scoring.rulebook_parts import TIE_ENDS, TIE_STEPS

TEXT = (paths.PACKAGE.parent / "docs" / "rulebook.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| `([a-z_.\[\]]+)` \| ([^|]+) \| ([^|]+) \| (.+) \|$", re.MULTILINE)
PARTS = {
    "scoring.round.": Rounding,
    "scoring.fallback.": Fallback,
    "scoring.lines[].": Line,
    "scoring.spread.": Spread,
    "scoring.simulation.": Simulation,
    "criteria[].": Criterion,
}
TABLES = {"round", "fallback", "lines", "spread", "simulation", "criteria"}


def keys() -> dict[str, Any]:
    """Every key with its default; MISSING where there is none."""
    found = {
        f"scoring.{item.name}": item.default for item in fields(RuleBook) if item.name not in TABLES
    }
    for prefix, part in PARTS.items():
        found |= {prefix + item.name: item.default for item in fields(part)}
    return found


def test_documenting_the_rule_book_lists_exactly_the_keys_there_are() -> None:
    assert sorted(key for key, *_ in ROW.findall(TEXT)) == sorted(keys())


@pytest.mark.parametrize(("key", "kind", "default", "rest"), ROW.findall(TEXT))
def test_documenting_a_key_states_its_default_and_an_example(
    key: str, kind: str, default: str, rest: str
) -> None:
    actual = keys()[key]
    if actual is MISSING:
        assert default.startswith("required")
    elif actual is None:
        assert default == "none"
    else:
        written = list(actual) if isinstance(actual, tuple) else actual
        assert json.loads(default.strip("`")) == written
    assert f"`{key.rsplit('.', 1)[-1]} = " in rest


def test_documenting_ties_lists_every_step() -> None:
    for step in (*TIE_STEPS, *TIE_ENDS):
        assert f"`{step}`" in TEXT


def test_running_the_example_of_the_documentation_gives_a_rule_book() -> None:
    (example,) = re.findall(r"```toml\n(.*?)```", TEXT, re.DOTALL)
    assert RuleBook.from_toml(example).ties == ("criterion:Innovation", "median", "lot")
