"""Tables are read as people save them, and what is no table is refused with its place."""

from __future__ import annotations

import doctest
import importlib
import io
import zipfile
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from competition.adapters.spreadsheets import (
    Cell,
    Columns,
    Sheet,
    SpreadsheetError,
    Table,
    read_table,
    write_csv,
    write_xlsx,
)

TEXT = "评委,作品,分数\r\n王老师,甲,8.5\r\n李老师,乙,9\r\n"
CELLS = [("王老师", "甲", "8.5"), ("李老师", "乙", "9")]


def cells(table: Table) -> list[tuple[str, ...]]:
    return [row.cells for row in table.rows]


def numbers(table: Table) -> list[int]:
    return [row.number for row in table.rows]


def refusal(data: bytes, filename: str = "a.csv", **limits: int) -> tuple[str, dict[str, Any]]:
    with pytest.raises(SpreadsheetError) as caught:
        read_table(data, filename, **limits)  # type: ignore[arg-type]
    return caught.value.code, caught.value.facts


def workbook(rows: list[list[Any]]) -> bytes:
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        sheet = book.add_worksheet("ratings")
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        for i, row in enumerate(rows):
            for j, cell in enumerate(row):
                if isinstance(cell, date):
                    sheet.write_datetime(i, j, cell, day)
                elif cell is not None:
                    sheet.write(i, j, cell)
    return buffer.getvalue()


def repacked(data: bytes, replace: dict[str, bytes | None]) -> bytes:
    """The workbook with some parts replaced (None = left out) or added."""
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as old,
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            if name not in replace:
                new.writestr(name, old.read(name))
        for name, content in replace.items():
            if content is not None:
                new.writestr(name, content)
    return buffer.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_reading_csv_in_any_usual_form_gives_the_same_cells(encoding: str, delimiter: str) -> None:
    table = read_table(TEXT.replace(",", delimiter).encode(encoding), "a.csv")
    assert table.headers == ("评委", "作品", "分数")
    assert cells(table) == CELLS


def test_reading_csv_from_a_path_gives_the_same_cells(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_bytes(TEXT.encode())
    assert cells(read_table(file, "a.csv")) == CELLS


def test_reading_csv_counts_rows_as_a_spreadsheet_does() -> None:
    data = b'\r\njudge,note\r\nA,"two\r\nlines"\r\n\r\n,\r\nB,"a,b"\r\n'
    table = read_table(data, "a.csv")
    assert (table.header_row, numbers(table)) == (2, [3, 6])
    assert cells(table) == [("A", "two\r\nlines"), ("B", "a,b")]


def test_reading_csv_with_commas_inside_quotes_does_not_mistake_the_delimiter() -> None:
    table = read_table(b'"a;b;c","d"\r\n1,2\r\n', "a.csv")
    assert table.headers == ("a;b;c", "d")


def test_reading_short_rows_fills_them_with_empty_cells() -> None:
    assert cells(read_table(b"a,b,c\n1\n", "a.csv")) == [("1", "", "")]


def test_reading_a_workbook_gives_numbers_as_people_typed_them() -> None:
    rows: list[list[Any]] = [
        ["id", "score", "phone", "day", "ok"],
        [12, 8.5, "013800", date(2026, 3, 1), True],
    ]
    table = read_table(workbook(rows), "a.xlsx")
    assert cells(table) == [("12", "8.5", "013800", "2026-03-01", "TRUE")]


def test_reading_a_workbook_counts_rows_as_its_program_shows_them() -> None:
    table = read_table(workbook([[], ["a"], [], ["x"]]), "a.xlsx")
    assert (table.header_row, numbers(table)) == (2, [4])


def test_reading_a_workbook_named_csv_goes_by_the_content() -> None:
    assert cells(read_table(workbook([["a"], [1]]), "a.csv")) == [("1",)]


def test_reading_a_named_sheet_gives_that_sheet() -> None:
    data = write_xlsx([Sheet("one", ["a"], [[1]]), Sheet("two", ["a"], [[2]])])
    assert cells(read_table(data, "a.xlsx", sheet="two")) == [("2",)]
    with pytest.raises(SpreadsheetError) as caught:
        read_table(data, "a.xlsx", sheet="three")
    assert caught.value.facts == {"sheet": "three", "sheets": ["one", "two"]}


@pytest.mark.parametrize(
    ("data", "filename", "expected"),
    [
        (b"", "a.csv", ("empty_file", {"filename": "a.csv"})),
        (b" \r\n,,\r\n", "a.csv", ("empty_file", {"filename": "a.csv"})),
        (b"\x89PNG\r\n\x1a\n\0\0", "a.csv", ("not_a_table", {"kind": "binary"})),
        (b"%PDF-1.7 text", "a.csv", ("not_a_table", {"kind": "binary"})),
        (b"a,b\n\x01,2\n", "a.csv", ("not_a_table", {"kind": "binary"})),
        (b"\xd0\xcf\x11\xe0\0", "a.xls", ("not_a_table", {"kind": "old_workbook"})),
        (b"a,b\n\xff\xff,1\n", "a.csv", ("unknown_encoding", {"filename": "a.csv"})),
        (b'a,b\n1,"2\n', "a.csv", ("broken_csv", {"row": 2})),
        (b"a,b\n1,2,3\n", "a.csv", ("cells_beside_table", {"row": 2, "column": 3})),
        (b"judge, JUDGE\nA,B\n", "a.csv", ("duplicate_header", {"row": 1, "columns": (1, 2)})),
        (b"judge,score\n", "a.xlsx", ("broken_workbook", {"why": "not_a_zip"})),
        (b"PK\x03\x04 broken", "a.xlsx", ("broken_workbook", {"why": "not_a_zip"})),
    ],
)
def test_reading_what_is_no_table_says_why(
    data: bytes, filename: str, expected: tuple[str, dict[str, Any]]
) -> None:
    code, facts = refusal(data, filename)
    assert code == expected[0]
    assert {name: facts[name] for name in expected[1]} == expected[1]


def test_reading_a_cell_that_is_too_large_names_its_place() -> None:
    expected = ("cell_too_large", {"row": 2, "column": 2, "limit": 100})
    assert refusal(b"a,b\n1," + b"x" * 101 + b"\n", max_cell_chars=100) == expected
    assert refusal(b"a,b\n1," + b"x" * 10_000_000 + b"\n")[1]["row"] == 2
    data = workbook([["a", "b"], [1, "x" * 101]])
    assert refusal(data, "a.xlsx", max_cell_chars=100)[0] == "cell_too_large"


def test_reading_more_rows_or_bytes_than_allowed_is_refused() -> None:
    assert refusal(b"a\n1\n2\n3\n", max_rows=2) == (
        "too_many_rows",
        {"filename": "a.csv", "limit": 2},
    )
    assert refusal(b"a\n1\n2\n3\n", max_bytes=5)[0] == "file_too_large"
    assert refusal(workbook([["a"], [1], [2], [3]]), "a.xlsx", max_rows=2)[0] == "too_many_rows"


def test_reading_a_cell_in_the_last_corner_of_a_sheet_is_refused_before_it_costs_memory() -> None:
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        book.add_worksheet().write_string(1_048_575, 16_383, "far")
    assert refusal(buffer.getvalue(), "a.xlsx")[0] == "too_many_rows"
    wide = workbook([["a"] * 600])
    assert refusal(wide, "a.xlsx")[0] == "too_many_columns"


def test_reading_a_packed_bomb_is_refused_before_it_is_unpacked() -> None:
    data = workbook([["a"], [1]])
    zeros = repacked(data, {"xl/media/image1.png": bytes(50_000_000)})
    assert len(zeros) < 100_000
    assert refusal(zeros, "a.xlsx")[0] == "file_too_large"


def test_reading_a_workbook_that_lies_about_its_size_is_refused() -> None:
    data = bytearray(repacked(workbook([["a"], [1]]), {"xl/extra.bin": b"ab" * 50_000}))
    directory = data.rfind(b"PK\x01\x02", 0, data.rfind(b"xl/extra.bin"))
    data[directory + 24 : directory + 28] = (10).to_bytes(4, "little")
    assert refusal(bytes(data), "a.xlsx") == (
        "broken_workbook",
        {"filename": "a.xlsx", "why": "bad_part"},
    )


def test_reading_one_long_text_repeated_in_many_cells_is_refused() -> None:
    rows: list[list[Any]] = [["a"], *[["x" * 30_000] for _ in range(8_000)]]
    data = workbook(rows)
    assert len(data) < 200_000
    assert refusal(data, "a.xlsx")[0] == "file_too_large"


def test_reading_a_workbook_with_a_document_type_is_refused() -> None:
    bomb = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa">]><worksheet>&a;</worksheet>'
    data = repacked(workbook([["a"], [1]]), {"xl/worksheets/sheet1.xml": bomb})
    assert refusal(data, "a.xlsx")[1]["why"] == "document_type"


@pytest.mark.parametrize(
    ("replace", "why"),
    [
        ({"xl/workbook.xml": None}, "no_workbook"),
        ({"xl/worksheets/sheet1.xml": b"<worksheet><sheetData>"}, "bad_xml"),
        ({"xl/worksheets/sheet1.xml": b'<?xml version="1.0" encoding="UTF-4"?><a/>'}, "bad_xml"),
        ({"xl/workbook.xml": b"<workbook><sheets/></workbook>"}, "no_sheet"),
        ({"xl/_rels/workbook.xml.rels": None}, "unreadable"),
    ],
)
def test_reading_a_damaged_workbook_is_refused(replace: dict[str, bytes | None], why: str) -> None:
    data = repacked(workbook([["a"], [1]]), replace)
    code, facts = refusal(data, "a.xlsx")
    assert (code, facts["why"]) == ("broken_workbook", why)


def test_matching_headers_ignores_case_blanks_and_width() -> None:
    columns = Columns(
        {"max_entries": ("最多作品数",), "judge": ("评委",), "email": ()}, optional=("email",)
    )
    table = read_table("Max Entries, 评 委 ,备注\n3,王,x\n".encode(), "a.csv")
    placed = columns.place_in(table)
    assert (placed.missing, placed.unknown, placed.repeated) == ((), ("备注",), ())
    assert [placed.cell(table.rows[0], name) for name in ("max_entries", "judge", "email")] == [
        "3",
        "王",
        "",
    ]
    assert (placed.number("judge"), placed.number("email")) == (2, None)


def test_matching_headers_names_missing_and_repeated_columns() -> None:
    columns = Columns({"judge": ("评委",), "score": ("分数",)})
    placed = columns.place_in(read_table("judge,评委\nA,B\n".encode(), "a.csv"))
    assert (placed.missing, placed.repeated) == (("score",), ("judge",))


RISKY = ["=1+1", "+86 138", "-lead", "@sum", "＝1", "＋1", "－1", "＠a"]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_writing_and_reading_a_table_gives_it_back(kind: str) -> None:
    rows: list[list[Cell]] = [[text, "王", -8.25] for text in RISKY]
    headers = ["note", "name", "score"]
    sheet = Sheet("t", headers, rows)
    data = write_csv(headers, rows) if kind == "csv" else write_xlsx([sheet])
    table = read_table(data, f"a.{kind}")
    assert table.headers == tuple(headers)
    assert cells(table) == [(text, "王", "-8.25") for text in RISKY]


@pytest.mark.parametrize("name", ["columns", "reading", "workbooks", "writing"])
def test_running_the_examples_of_the_spreadsheets_gives_what_they_say(name: str) -> None:
    module = importlib.import_module(f"competition.adapters.spreadsheets.{name}")
    done = doctest.testmod(module)
    assert (done.failed, done.attempted > 0) == (0, True)


def test_reading_times_of_a_workbook_keeps_them() -> None:
    data = write_xlsx([Sheet("t", ["at"], [[datetime(2026, 3, 1, 23, 59, 59, tzinfo=UTC)]])])
    assert cells(read_table(data, "a.xlsx")) == [("2026-03-01 23:59:59",)]
