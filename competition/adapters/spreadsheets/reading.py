"""A file that somebody uploaded, as headers and rows of text."""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from competition.adapters.spreadsheets.refusals import (
    BrokenCsv,
    CellsBesideTable,
    CellTooLarge,
    DuplicateHeader,
    EmptyFile,
    FileTooLarge,
    NotATable,
    TooManyColumns,
    TooManyRows,
    UnknownEncoding,
)
from competition.adapters.spreadsheets.workbooks import workbook_rows
from competition.adapters.spreadsheets.writing import RISKY_STARTS

MOST_COLUMNS = 512
UNPACKED = 20
"""A workbook may unpack to this many times the bytes allowed for the file."""

MOST_UNPACKED = 1 << 30

_DELIMITERS = (",", ";", "\t")
_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_OLD_WORKBOOK = b"\xd0\xcf\x11\xe0"
_FORBIDDEN = frozenset(map(chr, range(32))) - {"\t", "\n", "\r", "\f", "\v"}


@dataclass(frozen=True)
class Limits:
    """What a table may cost; more is refused, never cut off."""

    rows: int
    cell_chars: int
    file_bytes: int
    columns: int = MOST_COLUMNS

    @property
    def unpacked_bytes(self) -> int:
        return min(self.file_bytes * UNPACKED, MOST_UNPACKED)


@dataclass(frozen=True)
class Row:
    """One row below the headers.

    `number` counts from 1, the header's row included, as a spreadsheet shows it.
    """

    number: int
    cells: tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """Headers, and rows with as many cells; every cell is text without outer blanks."""

    filename: str
    header_row: int
    headers: tuple[str, ...]
    rows: tuple[Row, ...]


def read_table(
    data: bytes | Path,
    filename: str,
    *,
    max_rows: int = 100_000,
    max_cell_chars: int = 100_000,
    max_bytes: int = 20_000_000,
    sheet: str | None = None,
) -> Table:
    """Read CSV or .xlsx; the content decides which, not the file's name.

    Parameters
    ----------
    data : bytes or Path
    filename : str
        Only for messages.
    max_rows : int
        Rows below the headers.
    max_cell_chars, max_bytes : int
    sheet : str, optional
        Name of the sheet in a workbook; without it the first.

    Returns
    -------
    Table
        The first row with text gives the headers. Rows without text are left
        out; the others keep their number.

    Raises
    ------
    SpreadsheetError
        A code with facts; see `refusals`.

    Notes
    -----
    CSV may be UTF-8 (with or without mark), UTF-16 with mark or GB18030, with
    commas, semicolons or tabs. An apostrophe that `write_csv` or `write_xlsx`
    put before a risky cell is taken away again.

    Examples
    --------
    >>> table = read_table("评委,分数\\r\\n王,8.5\\r\\n".encode("gb18030"), "a.csv")
    >>> table.headers, table.rows
    (('评委', '分数'), (Row(number=2, cells=('王', '8.5')),))
    """
    limits = Limits(max_rows, max_cell_chars, max_bytes)
    content = _bytes_of(data, filename, limits)
    if content[:4] in (b"PK\x03\x04", b"PK\x05\x06") or _claims_workbook(filename):
        return _table(workbook_rows(content, filename, limits, sheet), filename, limits)
    return _table(_csv_rows(_text_of(content, filename), filename, limits), filename, limits)


def _bytes_of(data: bytes | Path, filename: str, limits: Limits) -> bytes:
    if isinstance(data, Path):
        with data.open("rb") as file:
            data = file.read(limits.file_bytes + 1)
    if len(data) > limits.file_bytes:
        raise FileTooLarge(filename=filename, size=len(data), limit=limits.file_bytes)
    if not data.strip():
        raise EmptyFile(filename=filename)
    return data


def _claims_workbook(filename: str) -> bool:
    """A file named .xlsx that is no archive is a broken workbook, not a strange CSV."""
    return filename.lower().endswith((".xlsx", ".xlsm"))


def _text_of(content: bytes, filename: str) -> str:
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            try:
                return content.decode(encoding)
            except UnicodeDecodeError:
                raise UnknownEncoding(filename=filename) from None
    if content.startswith(_OLD_WORKBOOK):
        raise NotATable(filename=filename, kind="old_workbook")
    if b"\0" in content or content.startswith(b"%PDF-"):
        raise NotATable(filename=filename, kind="binary")
    for encoding in ("utf-8", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise UnknownEncoding(filename=filename)


def _csv_rows(text: str, filename: str, limits: Limits) -> Iterator[list[str]]:
    if not _FORBIDDEN.isdisjoint(text):
        raise NotATable(filename=filename, kind="binary")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    number = 0
    while True:
        number += 1
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            if "field larger" in str(error):
                raise CellTooLarge(row=number, column=None, limit=limits.cell_chars) from None
            raise BrokenCsv(filename=filename, row=number) from None
        yield row


def _delimiter(text: str) -> str:
    """The delimiter that cuts the first line with text into most cells."""
    first = next((line for line in text.splitlines() if line.strip()), "")[:10_000]

    def cells(delimiter: str) -> int:
        try:
            return len(next(csv.reader([first], delimiter=delimiter)))
        except (csv.Error, StopIteration):
            return 0

    return max(_DELIMITERS, key=cells)


def _table(lines: Iterable[Sequence[str]], filename: str, limits: Limits) -> Table:
    headers: tuple[str, ...] = ()
    header_row = 0
    rows: list[Row] = []
    for number, line in enumerate(lines, start=1):
        cells = [cell.strip() for cell in line]
        while cells and not cells[-1]:
            cells.pop()
        if not cells:
            continue
        _check_cells(cells, number, filename, limits)
        if not headers:
            headers, header_row = tuple(cells), number
            _check_headers(headers, number)
            continue
        if len(cells) > len(headers):
            raise CellsBesideTable(row=number, column=len(headers) + 1)
        if len(rows) >= limits.rows:
            raise TooManyRows(filename=filename, limit=limits.rows)
        cells += [""] * (len(headers) - len(cells))
        rows.append(Row(number, tuple(map(_as_written, cells))))
    if not headers:
        raise EmptyFile(filename=filename)
    return Table(filename, header_row, headers, tuple(rows))


def _check_cells(cells: Sequence[str], number: int, filename: str, limits: Limits) -> None:
    if len(cells) > limits.columns:
        raise TooManyColumns(filename=filename, limit=limits.columns)
    for column, cell in enumerate(cells, start=1):
        if len(cell) > limits.cell_chars:
            raise CellTooLarge(row=number, column=column, limit=limits.cell_chars)


def _check_headers(headers: tuple[str, ...], number: int) -> None:
    places: dict[str, int] = {}
    for column, header in enumerate(headers, start=1):
        key = folded(header)
        if key and key in places:
            raise DuplicateHeader(row=number, header=header, columns=(places[key], column))
        places[key] = column


def folded(header: str) -> str:
    """A header without case, blanks and underscores, full-width letters made plain.

    >>> folded(" Max_Entries ") == folded("ＭＡＸ entries")
    True
    """
    plain = unicodedata.normalize("NFKC", header).casefold()
    return "".join(letter for letter in plain if letter not in " _-\t\r\n\u3000\ufeff")


def _as_written(cell: str) -> str:
    """Undo what neutralizing did."""
    return cell[1:] if len(cell) > 1 and cell[0] == "'" and cell[1] in RISKY_STARTS else cell
