"""`competition score`: rank the entries of a file of ratings."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from competition.cli.ballots_file import ballots_of, kind_of
from competition.cli.input_tables import InputProblem, read
from competition.cli.numbers import MethodList, NumberList, NumberRange
from competition.cli.pairs_file import read_pairs
from competition.cli.ratings_file import ratings_of, read_rules
from competition.cli.score_words import failure_sentence, warning_sentence
from competition.scoring import METHODS, Ratings, Result, RuleBook, ScoringError, score

if TYPE_CHECKING:
    from competition.cli.score_document import Answers

BAD_INPUT = 2
DRAWS = 10_000
PREFERENCES = "bradley_terry"
MOST_PROBLEMS = 1_000
"""Problems listed one by one; the rest is counted."""

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_FOLDER = click.Path(file_okay=False, path_type=Path)


@click.command("score")
@click.argument("ratings", metavar="RATINGS", type=_FILE)
@click.option("--rules", "rules_file", metavar="RULES.toml", type=_FILE, help="The rule book.")
@click.option(
    "--method", type=click.Choice(METHODS), help="How judges are combined. Overrides the rule book."
)
@click.option(
    "--json",
    "json_target",
    metavar="FILE|-",
    type=click.Path(path_type=Path, allow_dash=True),
    help="Write everything as JSON to a file, or to the standard output.",
)
@click.option(
    "--csv",
    "csv_folder",
    metavar="FOLDER",
    type=_FOLDER,
    help="Write entries.csv, judges.csv, warnings.csv and a table for all else that is asked.",
)
@click.option(
    "--report", "report_folder", metavar="FOLDER", type=_FOLDER, help="The tables and charts."
)
@click.option(
    "--compare",
    "methods",
    metavar="METHODS",
    type=MethodList(METHODS),
    help="Ranks under other methods too, such as mean,additive,scaled.",
)
@click.option(
    "--draws",
    type=click.IntRange(min=0),
    default=0,
    help=f"Joint draws, for intervals of ranks ({DRAWS:,} where --top is given).",
)
@click.option(
    "--top", "tops", metavar="K,...", type=NumberList(), help="Chances of the best K, such as 3,10."
)
@click.option(
    "--plan", "plan", metavar="A-B", type=NumberRange(), help="What A to B judges an entry give."
)
@click.option(
    "--predict",
    "pairs_file",
    metavar="PAIRS.csv",
    type=_FILE,
    help="Predict the scores of the pairs of judge and entry of a file.",
)
@click.option("--seed", type=click.IntRange(min=0), help="For draws, simulation and lots.")
def score_command(
    ratings: Path,
    rules_file: Path | None,
    method: str | None,
    json_target: Path | None,
    csv_folder: Path | None,
    report_folder: Path | None,
    methods: tuple[str, ...] | None,
    draws: int,
    tops: tuple[int, ...] | None,
    plan: tuple[int, ...] | None,
    pairs_file: Path | None,
    seed: int | None,
) -> None:
    """Rank the entries of RATINGS, a CSV or .xlsx file.

    Its columns are judge, entry (or item), criterion, score, weight and track, in any order; or
    评委, 作品, 评分项, 分数, 权重, 赛道. Criterion, weight and track may be missing. Other columns
    are not used.

    For bradley_terry the file may also hold comparisons (winner, loser, and judge and weight if
    you like) or rankings (judge, entry, rank).
    """
    given = _read(ratings, rules_file, pairs_file, method)
    asked = _Asked(methods, draws or (DRAWS if tops else 0), tops or (), plan, seed)
    try:
        result, answers = _scored(given, asked)
        for warning in result.warnings:
            click.echo(f"Note: {warning_sentence(warning.code, warning.facts)}", err=True)
        _write(result, answers, json_target, csv_folder, report_folder)
    except ScoringError as error:
        _refuse([InputProblem(ratings.name, None, None, failure_sentence(error))])
    except OSError as error:
        click.echo(f"{error.filename}: {error.strerror}", err=True)
        sys.exit(1)


@dataclass(frozen=True)
class _Given:
    """What the files hold."""

    ratings: Ratings
    rules: RuleBook
    method: str | None
    pairs: list[tuple[str, str]]


@dataclass(frozen=True)
class _Asked:
    """What the options ask for."""

    methods: tuple[str, ...] | None
    draws: int
    tops: tuple[int, ...]
    plan: tuple[int, ...] | None
    seed: int | None


def _scored(given: _Given, asked: _Asked) -> tuple[Result, Answers]:
    from competition.cli.score_document import Answers
    from competition.scoring.analysis import award_lines, compare_methods, g_study_of, plan_of

    rules, seed, tops = given.rules, asked.seed, asked.tops
    result = score(given.ratings, method=given.method, rules=rules, seed=seed, draws=asked.draws)
    comparison = None
    if asked.methods is not None:
        comparison = compare_methods(given.ratings, asked.methods, rules, seed=seed, tops=tops)
    answers = Answers(
        tops=tops,
        lines=award_lines(result, tops),
        comparison=comparison,
        plan=None if asked.plan is None else plan_of(result, asked.plan, top=(*tops, 10)[0]),
        g_study=None if asked.plan is None else g_study_of(result),
        pairs=given.pairs,
    )
    return result, answers


def _read(
    path: Path, rules_file: Path | None, pairs_file: Path | None, method: str | None
) -> _Given:
    """Everything that is to be read, or a refusal that lists what is wrong with all of it."""
    rules: RuleBook | None = RuleBook()
    problems, pairs = list[InputProblem](), list[tuple[str, str]]()
    if rules_file is not None:
        rules, problems = read_rules(rules_file)
    table, found = read(path)
    problems += found
    ratings = None
    if table is not None:
        kind = kind_of(table)
        ratings, found, unused = (
            ratings_of(table, rules) if kind is None else ballots_of(table, kind)
        )
        problems += found
        if unused:
            shown = ", ".join(filter(None, unused))
            click.echo(f"{path.name}: columns not used: {shown}", err=True)
        if kind is not None:
            method = method or PREFERENCES
            if method != PREFERENCES:
                sentence = f"The method {method} needs scores, and these are {kind}."
                problems.append(InputProblem(path.name, None, None, sentence))
    if pairs_file is not None:
        pairs, found = read_pairs(pairs_file)
        problems += found
    if problems or ratings is None or rules is None:
        _refuse(problems)
    return _Given(ratings, rules, method, pairs)


def _refuse(problems: Sequence[InputProblem]) -> NoReturn:
    for problem in problems[:MOST_PROBLEMS]:
        click.echo(str(problem), err=True)
    if len(problems) > MOST_PROBLEMS:
        click.echo(f"and {len(problems) - MOST_PROBLEMS} more problems", err=True)
    sys.exit(BAD_INPUT)


def _write(
    result: Result,
    answers: Answers,
    json_target: Path | None,
    csv_folder: Path | None,
    report_folder: Path | None,
) -> None:
    from competition.cli.score_answers import answer_texts
    from competition.cli.score_document import document
    from competition.cli.score_table import ranking_text

    if csv_folder is not None:
        from competition.cli.score_report import write_tables

        write_tables(result, csv_folder, answers)
    if report_folder is not None:
        from competition.cli.score_report import write_report

        write_report(result, report_folder, answers)
    if json_target is None:
        click.echo("\n\n".join([ranking_text(result, answers), *answer_texts(result, answers)]))
        return
    text = json.dumps(document(result, answers), ensure_ascii=False, allow_nan=False, indent=1)
    if str(json_target) == "-":
        click.echo(text)
    else:
        json_target.write_text(text + "\n", encoding="utf-8")
