"""What is written opens in a spreadsheet as the text and numbers it was."""

from __future__ import annotations

import io
import zipfile
from datetime import date
from decimal import Decimal

import pytest
import python_calamine

from competition.adapters.spreadsheets import (
    Cell,
    Sheet,
    SpreadsheetError,
    neutral,
    write_csv,
    write_xlsx,
)


def parts(data: bytes) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


@pytest.mark.parametrize("start", list("=+-@\t\r\n＝＋－＠"))
def test_neutralizing_a_risky_text_puts_an_apostrophe_before_it(start: str) -> None:
    assert neutral(f"{start}1") == f"'{start}1"


@pytest.mark.parametrize("cell", [-1, -1.5, Decimal("-2.5"), "", "a=b", None, "'quoted"])
def test_neutralizing_numbers_and_plain_texts_leaves_them_alone(cell: object) -> None:
    assert neutral(cell) == cell  # type: ignore[arg-type]


def test_writing_csv_begins_with_a_mark_and_ends_lines_for_excel() -> None:
    data = write_csv(["作品", "=header"], [["甲", 0.1], [None, True], [date(2026, 3, 1), -2]])
    assert data == (
        b"\xef\xbb\xbf" + "作品,'=header\r\n甲,0.1\r\n,TRUE\r\n2026-03-01,-2\r\n".encode()
    )


def test_writing_a_workbook_makes_no_formula_and_no_link() -> None:
    data = write_xlsx([Sheet("t", ["a"], [["=1+1"], ["https://example.org"], ["007"]])])
    sheet = parts(data)["xl/worksheets/sheet1.xml"]
    assert "<f>" not in sheet
    assert "hyperlink" not in sheet
    rows = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
    assert rows.get_sheet_by_index(0).to_python() == [
        ["a"],
        ["'=1+1"],
        ["https://example.org"],
        ["007"],
    ]


def test_writing_a_workbook_keeps_numbers_numbers() -> None:
    rows: list[list[Cell]] = [[-8.25, 3, Decimal("7.5"), float("nan"), None]]
    data = write_xlsx([Sheet("t", ["a", "b", "c", "d", "e"], rows)])
    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
    assert book.get_sheet_by_index(0).to_python()[1] == [-8.25, 3.0, 7.5, "", ""]


def test_writing_sheets_with_titles_no_workbook_allows_makes_them_distinct() -> None:
    titles = ["web/app", "web:app", "x" * 40, "x" * 50, "", "History"]
    data = write_xlsx([Sheet(title, ["a"], []) for title in titles])
    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
    assert book.sheet_names == [
        "web app",
        "web app 2",
        "x" * 31,
        "x" * 29 + " 2",
        "Sheet",
        "History 2",
    ]


def test_writing_a_text_that_no_workbook_holds_names_its_place() -> None:
    with pytest.raises(SpreadsheetError) as caught:
        write_xlsx([Sheet("t", ["a", "b"], [["x", "y" * 32_768]])])
    assert caught.value.facts == {"row": 2, "column": 2, "limit": 32_767}
