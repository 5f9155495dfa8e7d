"""CSV and .xlsx as people save them: read within limits, written without formulas."""

from competition.adapters.spreadsheets.columns import Columns, Placed
from competition.adapters.spreadsheets.reading import Row, Table, read_table
from competition.adapters.spreadsheets.refusals import SpreadsheetError
from competition.adapters.spreadsheets.writing import Cell, Sheet, neutral, write_csv, write_xlsx

__all__ = [
    "Cell",
    "Columns",
    "Placed",
    "Row",
    "Sheet",
    "SpreadsheetError",
    "Table",
    "neutral",
    "read_table",
    "write_csv",
    "write_xlsx",
]
