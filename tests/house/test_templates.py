"""Templates: each compiles, each is used, and each that is named exists."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
from flask import Flask
from jinja2 import nodes
from jinja2.meta import find_referenced_templates

from competition import paths
from competition.app import create_app
from tests.support.settings import settings_for
from tests.support.sources import texts_in

ENDINGS = {".html", ".svg", ".txt", ".xml"}


@cache
def names() -> frozenset[str]:
    return frozenset(
        file.relative_to(paths.TEMPLATES).as_posix()
        for file in paths.TEMPLATES.rglob("*")
        if file.suffix in ENDINGS
    )


def named_in_python() -> set[str]:
    """String constants of the package that read like a template's name."""
    return {
        text
        for file in paths.PACKAGE.rglob("*.py")
        for text in texts_in(file)
        if " " not in text and Path(text).suffix in ENDINGS
    }


Trees = dict[str, nodes.Template]


@pytest.fixture(scope="module")
def trees(tmp_path_factory: pytest.TempPathFactory) -> Trees:
    """Every template as the application's own environment reads it."""
    app = create_app(settings_for("sqlite:///:memory:", tmp_path_factory.mktemp("data")))
    return {
        name: app.jinja_env.parse((paths.TEMPLATES / name).read_text(encoding="utf-8"), name)
        for name in sorted(names())
    }


def test_looking_for_every_template_finds_who_uses_it(trees: Trees) -> None:
    used = named_in_python()
    for name, tree in trees.items():
        used |= {other for other in find_referenced_templates(tree) if other and other != name}
    assert sorted(names() - used) == []


def test_naming_a_template_anywhere_finds_the_file(trees: Trees) -> None:
    missing = {
        f"{name} names {other}"
        for name, tree in trees.items()
        for other in find_referenced_templates(tree)
        if other and other not in names() and not other.startswith("bootstrap")
    }
    assert sorted(missing) == []


def test_compiling_every_template_succeeds(app: Flask) -> None:
    for name in sorted(names()):
        app.jinja_env.get_template(name)


def test_reading_every_template_finds_no_inline_style_or_script() -> None:
    offending = [
        f"{name}: {word}"
        for name in sorted(names())
        for word in (" style=", "<style", "onclick=", "onchange=", "onsubmit=", "javascript:")
        if name.endswith(".html") and not name.startswith("email/")
        if word in (paths.TEMPLATES / name).read_text(encoding="utf-8").lower()
    ]
    assert offending == []


PAINTED_WITH_DATA = ("form-select", "form-check-input", "is-invalid", "is-valid", "btn-close")
"""Classes that Bootstrap paints with `data:` images, which the content security policy blocks."""


def test_templates_use_no_class_that_needs_a_data_image() -> None:
    found = [
        (name, word)
        for name in sorted(names())
        for word in PAINTED_WITH_DATA
        if word in (paths.TEMPLATES / name).read_text(encoding="utf-8")
    ]
    assert found == []
