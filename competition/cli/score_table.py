"""A ranking as text in columns, for a terminal."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from competition.cli.score_document import Answers, entries
from competition.scoring import Result

DIGITS = 3


def ranking_text(result: Result, answers: Answers) -> str:
    """The ranking, with what else was asked for that fits in a line."""
    rounding = result.working.rules.round
    places = rounding.display if rounding.display is not None else rounding.total
    digits = DIGITS if places is None else places
    headers = ["rank", "entry", "score", "adjusted", "se", "raw", "judges"]
    grouped, drawn = result.components > 1, result.chances is not None
    headers += ["group"] if grouped else []
    headers += ["ranks", *(f"top {k}" for k in answers.tops)] if drawn else []
    rows = []
    for record in entries(result, answers.tops):
        row = [
            "-" if record["rank"] is None else str(record["rank"]),
            one_line(str(record["entry"])),
            fixed(record["score"], digits),
            *(fixed(record[key], DIGITS) for key in ("adjusted", "se", "raw")),
            str(record["n_judges"]),
        ]
        row += [str(record["component"] or "-")] if grouped else []
        if drawn:
            row.append(_span(record["rank_low"], record["rank_high"]))
            row += [fixed(record["p_top"][str(k)], 2) for k in answers.tops]
        rows.append(row)
    return aligned([headers, *rows], left=1)


def _span(low: int | None, high: int | None) -> str:
    if low is None or high is None:
        return "-"
    return str(low) if low == high else f"{low}-{high}"


def aligned(rows: Sequence[Sequence[str]], left: int = 0) -> str:
    """Columns as wide as their longest cell, to the right but for the column `left`."""
    widths = [max(map(_width, column)) for column in zip(*rows, strict=True)]
    lines = []
    for row in rows:
        cells = [
            cell + " " * (width - _width(cell))
            if place == left
            else " " * (width - _width(cell)) + cell
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        lines.append("  ".join(cells).rstrip())
    return "\n".join(lines)


def _width(text: str) -> int:
    """Columns that a text takes in a terminal; Chinese characters take two."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


def one_line(text: str) -> str:
    """A label without line breaks or control characters."""
    return "".join(letter if letter.isprintable() else " " for letter in text)


def fixed(value: float | None, digits: int) -> str:
    """A number with so many decimals; a dash where there is none."""
    return "-" if value is None else f"{value:.{digits}f}"
