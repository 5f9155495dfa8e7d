"""Tables that a command reads, with every problem named by file, row and column."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from competition.adapters.spreadsheets import (
    Columns,
    Placed,
    Row,
    SpreadsheetError,
    Table,
    read_table,
)
from competition.cli.score_words import spreadsheet_sentence
from competition.scoring.limits import LARGEST, LONGEST_LABEL

MOST_ROWS = 20_000_000
MOST_BYTES = 1 << 30

_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?", re.ASCII)
_SHOWN = 40


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


@dataclass(frozen=True)
class Opened:
    """A table whose columns are found; with problems it cannot be used."""

    table: Table
    placed: Placed
    problems: list[InputProblem]

    @property
    def headers(self) -> dict[str, str]:
        """The header that stands above each column that means something."""
        return {name: self.table.headers[place] for name, place in self.placed.place.items()}


def read(path: Path) -> tuple[Table | None, list[InputProblem]]:
    """The table of a CSV or .xlsx file, or why it is none."""
    name = path.name
    try:
        return read_table(path, name, max_rows=MOST_ROWS, max_bytes=MOST_BYTES), []
    except SpreadsheetError as error:
        row, column = error.facts.get("row"), error.facts.get("column")
        sentence = spreadsheet_sentence(error.code, error.facts)
        place = None if column is None else str(column)
        return None, [InputProblem(name, row, place, sentence)]


def find_columns(table: Table, columns: Columns, *, what: str) -> Opened:
    """Find the columns of a table; `what` names its rows where there are none."""
    placed, name = columns.place_in(table), table.filename
    problems = [
        InputProblem(name, table.header_row, column, "This column is missing.")
        for column in placed.missing
    ]
    problems += [
        InputProblem(name, table.header_row, column, "Two columns have this meaning.")
        for column in placed.repeated
    ]
    if not problems and not table.rows:
        sentence = f"There are no {what} below the headers."
        problems = [InputProblem(name, None, None, sentence)]
    return Opened(table, placed, problems)


def cell_problems(
    opened: Opened,
    row: Row,
    *,
    numbers: Sequence[str] = (),
    not_negative: Sequence[str] = (),
    may_be_empty: Sequence[str] = (),
) -> list[InputProblem]:
    """Empty cells, names too long to be any, and texts where numbers belong."""
    file, headers, found = opened.table.filename, opened.headers, []
    for name in opened.placed.place:
        text = opened.placed.cell(row, name)
        sentence = None
        if not text:
            sentence = None if name in may_be_empty else "The cell is empty."
        elif name in numbers:
            sentence = number_problem(text)
            if sentence is None and name in not_negative and float(plain(text)) < 0:
                sentence = f"{plain(text)} is negative."
        elif len(text) > LONGEST_LABEL:
            sentence = f"The name has {len(text)} characters, more than {LONGEST_LABEL}."
        if sentence:
            found.append(InputProblem(file, row.number, headers[name], sentence))
    return found


def number_problem(text: str) -> str | None:
    """Why a text is no number that counts."""
    written = plain(text)
    if not _NUMBER.fullmatch(written):
        shown = text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
        return f"{shown!r} is not a number."
    if not abs(float(written)) < LARGEST:
        return f"{text[:_SHOWN]!r} is too large."
    return None


def plain(text: str) -> str:
    """Full-width digits as plain ones."""
    return unicodedata.normalize("NFKC", text).strip().replace("\N{MINUS SIGN}", "-")
