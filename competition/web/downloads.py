"""Tables as files to download."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Response

from competition.adapters.spreadsheets import Sheet, write_csv, write_xlsx

ENDINGS = ("csv", "xlsx")
TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def table_response(name: str, sheets: Sequence[Sheet], ending: str) -> Response:
    """The sheets as an attachment; a CSV file holds the first of them."""
    first = sheets[0]
    data = write_csv(first.headers, first.rows) if ending == "csv" else write_xlsx(sheets)
    response = Response(data, content_type=TYPES[ending])
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.{ending}"'
    response.headers["Cache-Control"] = "no-store"
    return response
