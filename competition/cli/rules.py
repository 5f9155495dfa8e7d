"""`competition rules`: read a rule book before it decides anything."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import NoReturn

import click

from competition.cli.language import LANGUAGE, words_in
from competition.cli.rules_words import problem_sentence, sentences
from competition.scoring import BadRules, RuleBook

BAD_INPUT = 2


@click.group("rules")
def rules_command() -> None:
    """Read a rule book before it decides anything."""


@rules_command.command("check")
@click.argument(
    "file", metavar="RULES.toml", type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@click.option("--language", type=LANGUAGE, default="en", show_default=True, help="Of the words.")
def check_command(file: Path, language: str) -> None:
    """Say in words what RULES.toml decides, or which key is wrong and what is allowed there.

    Exit status 2 when something is wrong.
    """
    _ = words_in(language)
    try:
        rules = RuleBook.from_toml(file.read_text(encoding="utf-8-sig"))
    except UnicodeDecodeError:
        unreadable = _("The file is not UTF-8.")
        _stop(f"{file.name}: {unreadable}")
    except OSError as error:
        _stop(f"{file.name}: {error.strerror}")
    except BadRules as error:
        line, column = error.facts.get("line"), error.facts.get("column")
        place = "" if line is None else f":{line}:{column}"
        _stop(f"{file.name}{place}: {problem_sentence(error.facts, _)}")
    for number, sentence in enumerate(sentences(rules, _), start=1):
        click.echo(f"{number:>3}. {sentence}")
    click.echo(f"\nSHA-256 {rules.digest}")


def _stop(message: str) -> NoReturn:
    click.echo(message, err=True)
    sys.exit(BAD_INPUT)
