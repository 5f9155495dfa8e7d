"""Ratings and rule book read from files, with every problem named by file, row and column."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from competition.adapters.spreadsheets import (
    Columns,
    Placed,
    Row,
    SpreadsheetError,
    Table,
    read_table,
)
from competition.cli.score_words import rules_sentence, spreadsheet_sentence
from competition.scoring import BadRules, Ratings, RuleBook, find_problems

RATING_COLUMNS = Columns(
    {
        "judge": ("评委",),
        "entry": ("item", "作品"),
        "criterion": ("评分项",),
        "score": ("分数", "得分"),
    },
    optional=("criterion",),
)
MOST_ROWS = 20_000_000
MOST_BYTES = 1 << 30

_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?", re.ASCII)
_LARGEST = 1e15


@dataclass(frozen=True)
class InputProblem:
    """One thing wrong with a file; row and column as the file's reader sees them."""

    file: str
    row: int | None
    column: str | None
    sentence: str
    row_word: str = "row"

    def __str__(self) -> str:
        place = self.file
        if self.row is not None:
            place += f": {self.row_word} {self.row}"
        if self.column is not None:
            place += f", column {self.column}"
        return f"{place}: {self.sentence}"


@dataclass
class _Lines:
    """The rows that can be used so far, column by column."""

    numbers: list[int] = field(default_factory=list)
    judge: list[str] = field(default_factory=list)
    entry: list[str] = field(default_factory=list)
    criterion: list[str] = field(default_factory=list)
    value: list[float] = field(default_factory=list)


def read_rules(path: Path) -> tuple[RuleBook | None, list[InputProblem]]:
    """The rule book of a TOML file, or what is wrong with it."""
    try:
        return RuleBook.from_toml(path.read_text(encoding="utf-8-sig")), []
    except UnicodeDecodeError:
        sentence = "The file is not UTF-8."
        return None, [InputProblem(path.name, None, None, sentence)]
    except BadRules as error:
        line, column = error.facts.get("line"), error.facts.get("column")
        sentence = rules_sentence(error.facts)
        place = None if column is None else str(column)
        return None, [InputProblem(path.name, line, place, sentence, "line")]


def read_ratings(
    path: Path, rules: RuleBook | None
) -> tuple[Ratings | None, list[InputProblem], tuple[str, ...]]:
    """The ratings of a CSV or .xlsx file.

    Returns
    -------
    ratings : Ratings or None
        None when there are problems.
    problems : list
        Every one, in the order of the rows.
    unused : tuple of str
        Headers that mean nothing here.
    """
    name = path.name
    try:
        table = read_table(path, name, max_rows=MOST_ROWS, max_bytes=MOST_BYTES)
    except SpreadsheetError as error:
        row, column = error.facts.get("row"), error.facts.get("column")
        sentence = spreadsheet_sentence(error.code, error.facts)
        return (
            None,
            [InputProblem(name, row, None if column is None else str(column), sentence)],
            (),
        )
    placed = RATING_COLUMNS.place_in(table)
    problems = [
        InputProblem(name, table.header_row, column, "This column is missing.")
        for column in placed.missing
    ]
    problems += [
        InputProblem(name, table.header_row, column, "Two columns have this meaning.")
        for column in placed.repeated
    ]
    if problems:
        return None, problems, placed.unknown
    lines, problems = _read_lines(table, placed)
    if not table.rows:
        problems.append(InputProblem(name, None, None, "There are no ratings below the headers."))
    ratings = _ratings(lines, "criterion" in placed.place) if lines.numbers else None
    if ratings is not None and rules is not None:
        problems += _against_rules(ratings, rules, lines, name, _headers(table, placed))
    problems.sort(key=lambda problem: problem.row or 0)
    return (None if problems else ratings), problems, placed.unknown


def _read_lines(table: Table, placed: Placed) -> tuple[_Lines, list[InputProblem]]:
    lines = _Lines()
    problems: list[InputProblem] = []
    headers = _headers(table, placed)
    first: dict[tuple[str, ...], int] = {}
    for row in table.rows:
        found = _cell_problems(table.filename, row, placed, headers)
        key = tuple(placed.cell(row, name) for name in ("judge", "entry", "criterion"))
        if all(key[:2]) and first.setdefault(key, row.number) != row.number:
            sentence = f"This rating repeats row {first[key]}."
            found.append(InputProblem(table.filename, row.number, headers["judge"], sentence))
        if found:
            problems += found
            continue
        lines.numbers.append(row.number)
        lines.judge.append(key[0])
        lines.entry.append(key[1])
        lines.criterion.append(key[2])
        lines.value.append(float(_plain(placed.cell(row, "score"))))
    return lines, problems


def _cell_problems(
    file: str, row: Row, placed: Placed, headers: dict[str, str]
) -> list[InputProblem]:
    found = [
        InputProblem(file, row.number, headers[name], "The cell is empty.")
        for name in placed.place
        if not placed.cell(row, name)
    ]
    text = placed.cell(row, "score")
    if text:
        sentence = _number_problem(text)
        if sentence:
            found.append(InputProblem(file, row.number, headers["score"], sentence))
    return found


def _number_problem(text: str) -> str | None:
    plain = _plain(text)
    if not _NUMBER.fullmatch(plain):
        shown = text if len(text) <= 40 else f"{text[:40]}…"
        return f"{shown!r} is not a number."
    if not abs(float(plain)) < _LARGEST:
        return f"{text[:40]!r} is too large."
    return None


def _plain(text: str) -> str:
    """Full-width digits as plain ones."""
    return unicodedata.normalize("NFKC", text).strip().replace("\N{MINUS SIGN}", "-")


def _ratings(lines: _Lines, has_criterion: bool) -> Ratings:
    return Ratings.from_columns(
        judge=lines.judge,
        entry=lines.entry,
        value=lines.value,
        criterion=lines.criterion if has_criterion else None,
    )


def _against_rules(
    ratings: Ratings, rules: RuleBook, lines: _Lines, file: str, headers: dict[str, str]
) -> list[InputProblem]:
    found = []
    for problem in find_problems(ratings, rules):
        column = "criterion" if problem.code == "unknown_criterion" else "score"
        found.append(
            InputProblem(
                file,
                lines.numbers[problem.row],
                headers.get(column, column),
                _rating_sentence(problem.code, problem.facts),
            )
        )
    return found


def _rating_sentence(code: str, facts: dict[str, Any]) -> str:
    if code == "unknown_criterion":
        named = f"{facts['criterion']!r}" if facts["criterion"] else "A rating without criterion"
        return f"{named} is not in the rule book, which has: {', '.join(facts['allowed'])}."
    if code == "off_scale":
        scale = f"{facts['min']:g} to {facts['max']:g}"
        return f"{facts['value']:g} is off the scale of {facts['criterion']}, {scale}."
    return (
        f"{facts['value']:g} is not a whole number of steps of {facts['step']:g}"
        f" from {facts['min']:g} on {facts['criterion']}."
    )


def _headers(table: Table, placed: Placed) -> dict[str, str]:
    return {name: table.headers[place] for name, place in placed.place.items()}
