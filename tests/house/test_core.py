"""The numeric core stands alone, and the examples in its documentation are true."""

from __future__ import annotations

import doctest
import importlib
import pkgutil
import subprocess
import sys

import pytest

import competition.scoring

FOREIGN = ("flask", "werkzeug", "sqlalchemy", "jinja2", "wtforms", "babel")
MODULES = [
    found.name
    for found in pkgutil.walk_packages(competition.scoring.__path__, "competition.scoring.")
]


def test_importing_the_scoring_core_loads_no_web_and_no_database() -> None:
    code = f"import competition.scoring, sys; print([m for m in {FOREIGN!r} if m in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("name", MODULES)
def test_running_the_examples_of_a_scoring_module_gives_what_they_say(name: str) -> None:
    assert doctest.testmod(importlib.import_module(name)).failed == 0


def test_reading_the_scoring_core_finds_examples() -> None:
    finder = doctest.DocTestFinder()
    found = [
        example
        for name in MODULES
        for test in finder.find(importlib.import_module(name))
        for example in test.examples
    ]
    assert len(found) >= 5
