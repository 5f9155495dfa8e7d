"""Opening .xlsx files that strangers made: measured before they are unpacked."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from xml.parsers import expat

from competition.adapters.spreadsheets.refusals import (
    BrokenWorkbook,
    CellTooLarge,
    FileTooLarge,
    TooManyColumns,
    TooManyRows,
    UnknownSheet,
)

if TYPE_CHECKING:
    from competition.adapters.spreadsheets.reading import Limits

MOST_PARTS = 2_000
"""Files inside one workbook."""

MOST_RATIO = 200
"""Unpacked bytes for each packed byte, once a part is larger than a megabyte."""

MOST_TEXT = 200_000_000
"""Characters that all cells of one workbook may hold together."""

_BLOCK = 1 << 16
_WORTH_A_LOOK = 1 << 20


def workbook_rows(
    data: bytes, filename: str, limits: Limits, sheet: str | None
) -> Iterator[list[str]]:
    """The cells of one sheet as text, row by row from the sheet's first row.

    Raises
    ------
    SpreadsheetError
        Whatever is wrong with the archive, before anything is unpacked into memory.
    """
    _measure(data, filename, limits)
    import python_calamine

    try:
        workbook = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
        names = workbook.sheet_names
        if not names:
            raise BrokenWorkbook(filename=filename, why="no_sheet")
        if sheet is not None and sheet not in names:
            raise UnknownSheet(sheet=sheet, sheets=names)
        found = workbook.get_sheet_by_name(names[0] if sheet is None else sheet)
        rows = found.to_python(skip_empty_area=False)
    except (python_calamine.CalamineError, OSError, ValueError) as error:
        raise BrokenWorkbook(filename=filename, why="unreadable") from error
    for row in rows:
        yield [cell_text(cell) for cell in row]


def cell_text(cell: Any) -> str:
    """A cell as people typed it: 12 rather than 12.0, dates as ISO 8601.

    >>> cell_text(12.0), cell_text(8.25), cell_text(True)
    ('12', '8.25', 'TRUE')
    """
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, datetime):
        midnight = cell.time() == time()
        return cell.date().isoformat() if midnight else cell.isoformat(" ", "seconds")
    if isinstance(cell, (date, time)):
        return cell.isoformat()
    if isinstance(cell, timedelta):
        return str(cell)
    return str(cell)


def _measure(data: bytes, filename: str, limits: Limits) -> None:
    """Refuse a workbook that would need too much memory, or is no workbook."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        parts = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        raise BrokenWorkbook(filename=filename, why="not_a_zip") from error
    _check_directory(parts, data, filename, limits)
    seen = _Contents(filename, limits)
    unpacked = 0
    for part in parts:
        unpacked += seen.read(part, _blocks(data, part, filename))
        if unpacked > limits.unpacked_bytes:
            raise FileTooLarge(filename=filename, size=unpacked, limit=limits.unpacked_bytes)
    if not seen.has_workbook:
        raise BrokenWorkbook(filename=filename, why="no_workbook")
    seen.check_text()


def _check_directory(
    parts: list[zipfile.ZipInfo], data: bytes, filename: str, limits: Limits
) -> None:
    if len(parts) > MOST_PARTS or len({part.filename for part in parts}) != len(parts):
        raise BrokenWorkbook(filename=filename, why="too_many_parts")
    if any(part.flag_bits & 0x1 for part in parts):
        raise BrokenWorkbook(filename=filename, why="encrypted")
    size = sum(part.file_size for part in parts)
    if size > limits.unpacked_bytes:
        raise FileTooLarge(filename=filename, size=size, limit=limits.unpacked_bytes)
    if sum(part.compress_size for part in parts) > len(data):
        raise BrokenWorkbook(filename=filename, why="overlapping_parts")
    for part in parts:
        if part.file_size > max(_WORTH_A_LOOK, MOST_RATIO * part.compress_size):
            raise FileTooLarge(filename=filename, size=part.file_size, limit=_WORTH_A_LOOK)


def _blocks(data: bytes, part: zipfile.ZipInfo, filename: str) -> Iterator[bytes]:
    """A part's bytes as they really unpack, never more than the directory says."""
    header = data[part.header_offset : part.header_offset + 30]
    if len(header) < 30 or header[:4] != b"PK\x03\x04":
        raise BrokenWorkbook(filename=filename, why="bad_part")
    start = part.header_offset + 30
    start += int.from_bytes(header[26:28], "little") + int.from_bytes(header[28:30], "little")
    packed = data[start : start + part.compress_size]
    if part.compress_type == zipfile.ZIP_STORED:
        yield packed
        return
    if part.compress_type != zipfile.ZIP_DEFLATED:
        raise BrokenWorkbook(filename=filename, why="bad_part")
    inflate, left = zlib.decompressobj(-15), part.file_size
    try:
        while not inflate.eof:
            block = inflate.decompress(packed, _BLOCK)
            packed = inflate.unconsumed_tail
            left -= len(block)
            if left < 0 or (not block and not packed and not inflate.eof):
                raise BrokenWorkbook(filename=filename, why="bad_part")
            yield block
    except zlib.error as error:
        raise BrokenWorkbook(filename=filename, why="bad_part") from error


class _Contents:
    """What the sheets of a workbook hold, counted while their XML streams by.

    A workbook of a few kilobytes can name a cell in the last corner of a sheet,
    or repeat one long text in every cell; the reader would fill memory with it.
    """

    def __init__(self, filename: str, limits: Limits) -> None:
        self.filename, self.limits = filename, limits
        self.has_workbook = False
        self.lengths: list[int] = []
        self.uses: dict[int, int] = {}

    def read(self, part: zipfile.ZipInfo, blocks: Iterator[bytes]) -> int:
        """Take in one part; the number of its bytes."""
        name = part.filename.lower().replace("\\", "/")
        self.has_workbook |= name.endswith("workbook.xml")
        parser = None
        if "worksheets/" in name and name.endswith(".xml"):
            parser = self._sheet_parser()
        elif name.endswith("sharedstrings.xml"):
            parser = self._strings_parser()
        size = 0
        try:
            for block in blocks:
                size += len(block)
                if parser is not None:
                    parser.Parse(block, False)
            if parser is not None:
                parser.Parse(b"", True)
        except (expat.ExpatError, LookupError) as error:  # LookupError: unknown encoding
            raise BrokenWorkbook(filename=self.filename, why="bad_xml") from error
        return size

    def check_text(self) -> None:
        """Refuse shared texts that the cells repeat too often."""
        total = 0
        for index, count in self.uses.items():
            total += count * (self.lengths[index] if index < len(self.lengths) else 0)
        if total > MOST_TEXT:
            raise FileTooLarge(filename=self.filename, size=total, limit=MOST_TEXT)

    def _strings_parser(self) -> expat.XMLParserType:
        parser = _safe_parser(self.filename)

        def start(tag: str, _attributes: dict[str, str]) -> None:
            if _plain(tag) == "si":
                self.lengths.append(0)

        def text(characters: str) -> None:
            if self.lengths:
                self.lengths[-1] += len(characters)
                if self.lengths[-1] > self.limits.cell_chars:
                    raise CellTooLarge(row=None, column=None, limit=self.limits.cell_chars)

        parser.StartElementHandler, parser.CharacterDataHandler = start, text
        return parser

    def _sheet_parser(self) -> expat.XMLParserType:
        parser = _safe_parser(self.filename)
        place = _Place()

        def start(tag: str, attributes: dict[str, str]) -> None:
            tag = _plain(tag)
            if tag == "row":
                place.open_row(attributes.get("r"))
            elif tag == "c":
                place.open_cell(attributes.get("r"), attributes.get("t"))
            elif tag in ("v", "t"):
                self._check_place(place)
                place.collecting = True

        def text(characters: str) -> None:
            if place.collecting:
                place.text_size += len(characters)
                if place.text_size > self.limits.cell_chars:
                    raise CellTooLarge(
                        row=place.row, column=place.column, limit=self.limits.cell_chars
                    )
                if place.kind == "s":
                    place.text += characters

        def end(tag: str) -> None:
            tag = _plain(tag)
            if tag in ("v", "t"):
                place.collecting = False
            if tag == "v" and place.kind == "s" and place.text.strip().isdecimal():
                index = int(place.text.strip()[:9])
                self.uses[index] = self.uses.get(index, 0) + 1

        parser.StartElementHandler, parser.EndElementHandler = start, end
        parser.CharacterDataHandler = text
        return parser

    def _check_place(self, place: _Place) -> None:
        if place.row > self.limits.rows + 1:
            raise TooManyRows(filename=self.filename, limit=self.limits.rows)
        if place.column > self.limits.columns:
            raise TooManyColumns(filename=self.filename, limit=self.limits.columns)


class _Place:
    """The cell that the sheet's XML is at; row and column count from 1."""

    def __init__(self) -> None:
        self.row = self.column = 0
        self.kind: str | None = None
        self.text, self.text_size, self.collecting = "", 0, False

    def open_row(self, reference: str | None) -> None:
        named = reference is not None and reference.isdecimal()
        self.row = int(str(reference)[:9]) if named else self.row + 1
        self.column = 0

    def open_cell(self, reference: str | None, kind: str | None) -> None:
        self.column += 1
        self.kind, self.text, self.text_size = kind, "", 0
        if reference:
            letters = reference.rstrip("0123456789").upper()
            digits = reference[len(letters) :]
            if letters.isascii() and letters.isalpha():
                self.column = 0
                for letter in letters[:6]:
                    self.column = self.column * 26 + ord(letter) - ord("A") + 1
            if digits:
                self.row = int(digits[:9])


def _safe_parser(filename: str) -> expat.XMLParserType:
    """A parser that refuses document types, so that no entity can grow."""
    parser = expat.ParserCreate()

    def refuse(*_: object) -> None:
        raise BrokenWorkbook(filename=filename, why="document_type")

    parser.StartDoctypeDeclHandler = refuse
    return parser


def _plain(tag: str) -> str:
    return tag.rpartition(":")[2]
