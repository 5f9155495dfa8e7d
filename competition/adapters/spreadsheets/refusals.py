"""Why a file is not read as a table: codes and facts, no prose."""

from __future__ import annotations

from competition.errors import DomainError


class SpreadsheetError(DomainError):
    """A file that cannot be read as a table; `row` and `column` count from 1."""

    code = "spreadsheet_error"


class EmptyFile(SpreadsheetError):
    """There is nothing in the file, or no cell with text (facts: filename)."""

    code = "empty_file"


class FileTooLarge(SpreadsheetError):
    """More bytes than allowed, packed or unpacked (facts: filename, size, limit)."""

    code = "file_too_large"


class TooManyRows(SpreadsheetError):
    """More rows than allowed (facts: filename, limit)."""

    code = "too_many_rows"


class TooManyColumns(SpreadsheetError):
    """More columns than allowed (facts: filename, limit)."""

    code = "too_many_columns"


class CellTooLarge(SpreadsheetError):
    """A cell has more characters than allowed (facts: row, column, limit; None = unknown)."""

    code = "cell_too_large"


class UnknownEncoding(SpreadsheetError):
    """The text is neither UTF-8, UTF-16 with a mark, nor GB18030 (facts: filename)."""

    code = "unknown_encoding"


class NotATable(SpreadsheetError):
    """Neither text nor an .xlsx workbook (facts: filename, kind: binary, old_workbook)."""

    code = "not_a_table"


class BrokenCsv(SpreadsheetError):
    """Quotes do not match (facts: filename, row)."""

    code = "broken_csv"


class BrokenWorkbook(SpreadsheetError):
    """The .xlsx file is damaged or encrypted (facts: filename, why)."""

    code = "broken_workbook"


class UnknownSheet(SpreadsheetError):
    """The workbook has no such sheet (facts: sheet, sheets)."""

    code = "unknown_sheet"


class DuplicateHeader(SpreadsheetError):
    """Two columns have one name (facts: row, header, columns)."""

    code = "duplicate_header"


class CellsBesideTable(SpreadsheetError):
    """A row has more cells than there are headers (facts: row, column)."""

    code = "cells_beside_table"
