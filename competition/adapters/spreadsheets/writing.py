"""Tables written as CSV or .xlsx that no spreadsheet can mistake for formulas."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, TypeAlias

from competition.adapters.spreadsheets.refusals import CellTooLarge

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

Cell: TypeAlias = str | int | float | Decimal | bool | date | datetime | None

RISKY_STARTS = frozenset("=+-@\t\r\n＝＋－＠")
"""A text that begins with one of these may be run as a formula."""

MOST_XLSX_CHARS = 32_767
_SHEET_NAME = re.compile(r"[\[\]:*?/\\\x00-\x1f]")


@dataclass(frozen=True)
class Sheet:
    """One sheet of a workbook."""

    title: str
    headers: Sequence[str]
    rows: Iterable[Sequence[Cell]]


def neutral(cell: Cell) -> Cell:
    """A cell that stays text: risky texts get an apostrophe, numbers are left alone.

    >>> neutral("=1+1"), neutral("－2"), neutral(-2), neutral("Team A")
    ("'=1+1", "'－2", -2, 'Team A')
    """
    if isinstance(cell, str) and cell[:1] in RISKY_STARTS and cell:
        return f"'{cell}"
    return cell


def write_csv(headers: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """Write CSV in UTF-8 with mark and CRLF, as Excel opens it without asking.

    Parameters
    ----------
    headers : sequence of str
    rows : iterable of sequences
        Numbers are written at full precision, None as an empty cell.

    Examples
    --------
    >>> write_csv(["entry", "score"], [["=A", -8.25]]).decode("utf-8-sig")
    "entry,score\\r\\n'=A,-8.25\\r\\n"
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow([neutral(header) for header in headers])
    for row in rows:
        writer.writerow([_csv_cell(cell) for cell in row])
    return text.getvalue().encode("utf-8-sig")


def write_xlsx(sheets: Iterable[Sheet]) -> bytes:
    """Write a workbook; texts are never formulas, links or numbers.

    Parameters
    ----------
    sheets : iterable of Sheet
        Titles are cut to what a workbook allows and made distinct.

    Raises
    ------
    CellTooLarge
        A text with more than 32,767 characters, which no workbook can hold.

    Notes
    -----
    Rows go to the disk as they come, so memory does not grow with them.
    """
    import xlsxwriter

    buffer = io.BytesIO()
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    workbook = xlsxwriter.Workbook(buffer, options)
    try:
        bold = workbook.add_format({"bold": True})
        day = workbook.add_format({"num_format": "yyyy-mm-dd"})
        moment = workbook.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        titles: set[str] = set()
        for sheet in sheets:
            worksheet = workbook.add_worksheet(_title(sheet.title, titles))
            worksheet.freeze_panes(1, 0)
            for column, header in enumerate(sheet.headers):
                _write_text(worksheet, 0, column, header, bold)
            for number, row in enumerate(sheet.rows, start=1):
                for column, cell in enumerate(row):
                    _write_cell(worksheet, number, column, cell, day, moment)
    finally:
        workbook.close()
    return buffer.getvalue()


def _csv_cell(cell: Cell) -> str | int | float | Decimal:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, datetime):
        return cell.isoformat(" ", "seconds")
    if isinstance(cell, date):
        return cell.isoformat()
    return f"{neutral(cell)}" if isinstance(cell, str) else cell


def _write_cell(
    sheet: Worksheet, row: int, column: int, cell: Cell, day: Format, moment: Format
) -> None:
    if cell is None or cell == "":
        return
    if isinstance(cell, str):
        _write_text(sheet, row, column, cell)
    elif isinstance(cell, bool):
        sheet.write_boolean(row, column, cell)
    elif isinstance(cell, datetime):
        sheet.write_datetime(row, column, cell.replace(tzinfo=None), moment)
    elif isinstance(cell, date):
        sheet.write_datetime(row, column, datetime(cell.year, cell.month, cell.day), day)  # noqa: DTZ001
    elif cell == cell and abs(cell) != float("inf"):
        sheet.write_number(row, column, cell)


def _write_text(
    sheet: Worksheet, row: int, column: int, text: str, look: Format | None = None
) -> None:
    safe = str(neutral(text))
    if len(safe) > MOST_XLSX_CHARS:
        raise CellTooLarge(row=row + 1, column=column + 1, limit=MOST_XLSX_CHARS)
    sheet.write_string(row, column, safe, look)


def _title(wanted: str, taken: set[str]) -> str:
    """A title that a workbook allows and that no other sheet has."""
    plain = _SHEET_NAME.sub(" ", wanted).strip(" '")[:31].rstrip(" '") or "Sheet"
    title, number = plain, 1
    while title.casefold() in taken or title.casefold() == "history":
        number += 1
        ending = f" {number}"
        title = plain[: 31 - len(ending)] + ending
    taken.add(title.casefold())
    return title
