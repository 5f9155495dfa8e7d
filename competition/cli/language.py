"""The catalogue of a language, for commands that need no application."""

from __future__ import annotations

import gettext
from collections.abc import Callable
from typing import TypeAlias

import click

from competition import paths

Gettext: TypeAlias = Callable[[str], str]
"""Turns an English sentence of the catalogue into the reader's language; named `_` where used."""

LOCALES = {"en": "en", "zh": "zh_Hans", "zh_Hans": "zh_Hans"}
LANGUAGE = click.Choice(tuple(LOCALES))


def words_in(language: str) -> Gettext:
    """The sentences of a language; English ones where the catalogue has none."""
    found = gettext.translation(
        "messages", paths.TRANSLATIONS, languages=[LOCALES[language]], fallback=True
    )
    return found.gettext
