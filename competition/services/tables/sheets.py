"""A table read row by row: each cell checked for its shape, each problem with row and column."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, TypeVar

from competition.adapters.spreadsheets import Placed, Row, SpreadsheetError, Table, read_table
from competition.errors import Invalid, Problem
from competition.models import LocalText
from competition.services.tables.formats import (
    FORMATS,
    IGNORED,
    MOST_ROWS,
    Column,
    TableKind,
    columns_of,
)

EMAIL = re.compile(r"[^@\s,;<>\"()\\]+@[^@\s,;<>\"()\\.]+(\.[^@\s,;<>\"()\\.]+)+")
BETWEEN_NAMES = re.compile(r"[;；、\n]+")
SHOWN_MOST = 60
"""Characters of a wrong cell that a message repeats."""
WHOLE_MOST = 1_000_000

Value = TypeVar("Value")


def read(data: bytes, filename: str, kind: TableKind, *, max_bytes: int) -> Table:
    """The file as a table; Invalid, with the place where there is one, when it is none."""
    try:
        return read_table(data, filename, max_rows=MOST_ROWS[kind], max_bytes=max_bytes)
    except SpreadsheetError as error:
        facts = {key: value for key, value in error.facts.items() if key not in {"row", "column"}}
        row, column = error.facts.get("row"), error.facts.get("column")
        problem = Problem.of(
            f"table_{error.code}",
            row=row,
            column=None if column is None else column_letters(column),
            **facts,
        )
        raise Invalid([problem]) from error


def column_letters(number: int) -> str:
    """A column's number as a spreadsheet names it.

    >>> column_letters(1), column_letters(28)
    ('A', 'AB')
    """
    letters = ""
    while number > 0:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def folded(name: str) -> str:
    """A name as names are compared: no case, no width, single blanks."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def shown(text: str) -> str:
    """A cell as a message repeats it."""
    line = " ".join(text.split())
    return line if len(line) <= SHOWN_MOST else line[: SHOWN_MOST - 1] + "…"


def one_line(text: str) -> str:
    """A name as it is stored: composed characters, single blanks, nothing unprintable."""
    plain = "".join(c for c in unicodedata.normalize("NFC", text) if c.isprintable() or c.isspace())
    return " ".join(plain.split())


class Sheet:
    """The rows of a table of a known kind, and every problem found in them."""

    def __init__(self, kind: TableKind, table: Table) -> None:
        self.kind = kind
        self.table = table
        self.columns: Mapping[str, Column] = {column.name: column for column in FORMATS[kind]}
        self.placed: Placed = columns_of(kind).place_in(table)
        self.problems: list[Problem] = []
        self.notes: list[Problem] = []
        for name in self.placed.missing:
            self.add("table_column_missing", table.header_row, None, column_name=self.header(name))
        for name in self.placed.repeated:
            self.add("table_column_twice", table.header_row, name)
        if self.placed.unknown:
            self.note("table_columns_unknown", columns=[shown(h) for h in self.placed.unknown if h])
        unused = IGNORED.get(kind, frozenset()) & self.placed.place.keys()
        if unused:
            self.note("table_columns_unused", columns=sorted(map(self.header, unused)))
        if not table.rows and not self.problems:
            self.add("table_without_rows", table.header_row, None)

    def header(self, name: str) -> str:
        """The column's header as the file writes it; its plain name where it has none."""
        place = self.placed.place.get(name)
        return name if place is None else self.table.headers[place]

    def has(self, name: str) -> bool:
        return name in self.placed.place

    def add(self, code: str, row: int | None, column: str | None, **facts: Any) -> None:
        """Note a problem in a cell, a row or the whole file."""
        where = None if column is None else self.header(column)
        self.problems.append(Problem.of(code, row=row, column=where, **facts))

    def note(self, code: str, row: int | None = None, **facts: Any) -> None:
        """Note something worth knowing that is no problem."""
        self.notes.append(Problem.of(code, row=row, **facts))

    def __iter__(self) -> Iterator[Cells]:
        if self.placed.missing or self.placed.repeated:
            return
        for row in self.table.rows:
            yield Cells(self, row)


class Cells:
    """One row; every reading method gives None after it has noted a problem."""

    def __init__(self, sheet: Sheet, row: Row) -> None:
        self.sheet = sheet
        self.number = row.number
        self._row = row
        self.is_sound = True

    def wrong(self, code: str, column: str | None, **facts: Any) -> None:
        self.is_sound = False
        self.sheet.add(code, self.number, column, **facts)

    def raw(self, name: str) -> str:
        return self.sheet.placed.cell(self._row, name)

    def text(self, name: str, *, needed: bool = False, lines: bool = False) -> str:
        """The cell's text, empty when there is none; `lines` keeps line breaks."""
        raw = self.raw(name)
        limit = self.sheet.columns[name].limit
        if len(raw) > limit:
            self.wrong("table_cell_too_long", name, limit=limit, length=len(raw))
            return ""
        text = "\n".join(map(one_line, raw.splitlines())).strip() if lines else one_line(raw)
        if needed and not text:
            self.wrong("table_cell_empty", name)
        return text

    def email(self, name: str) -> str:
        text = self.text(name, needed=True).lower()
        if text and not is_email(text):
            self.wrong("table_email_invalid", name, value=shown(text))
        return text

    def whole(self, name: str) -> int | None:
        """A positive whole number, or None for an empty cell."""
        text = self.text(name)
        if not text:
            return None
        plain = unicodedata.normalize("NFKC", text)
        if not plain.isascii() or not plain.isdecimal() or not 0 < int(plain) <= WHOLE_MOST:
            self.wrong("table_not_whole", name, value=shown(text))
            return None
        return int(plain)

    def decimal(self, name: str) -> Decimal | None:
        text = self.text(name, needed=True)
        if not text:
            return None
        try:
            value = Decimal(unicodedata.normalize("NFKC", text).replace(",", "."))
        except InvalidOperation:
            value = Decimal("NaN")
        if not value.is_finite():
            self.wrong("table_not_a_number", name, value=shown(text))
            return None
        return value

    def choice(
        self, name: str, values: Mapping[str, Value], *, default: Value | None = None
    ) -> Value | None:
        """One of the known words, compared without case and width."""
        text = self.text(name, needed=default is None)
        if not text:
            return default
        found = values.get(folded(text))
        if found is None:
            self.wrong("table_word_unknown", name, value=shown(text), known=_usual(values))
        return found

    def names(self, name: str) -> list[str]:
        """Several names: separated by ; or 、 or line breaks."""
        text = self.text(name, lines=True)
        return [item for part in BETWEEN_NAMES.split(text) if (item := part.strip())]


def _usual(values: Mapping[str, Any]) -> list[str]:
    """The first English and the first Chinese word for each value."""
    first: dict[tuple[Any, bool], str] = {}
    for word, value in values.items():
        first.setdefault((value, word.isascii()), word)
    return list(first.values())


def both_names(text: LocalText) -> str:
    """A bilingual name in both languages, for a message to a reader of either."""
    return " / ".join(part for part in (text.en, text.zh) if part)


def is_email(text: str) -> bool:
    """Whether this is the shape of an e-mail address."""
    return len(text) <= 254 and EMAIL.fullmatch(text) is not None
