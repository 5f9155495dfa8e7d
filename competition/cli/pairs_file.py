"""Pairs of judge and entry whose scores a method is to predict."""

from __future__ import annotations

from pathlib import Path

from competition.adapters.spreadsheets import Columns
from competition.cli.input_tables import InputProblem, cell_problems, find_columns, read

PAIR_COLUMNS = Columns({"judge": ("评委",), "entry": ("item", "作品")})


def read_pairs(path: Path) -> tuple[list[tuple[str, str]], list[InputProblem]]:
    """Judge and entry of every row, or every problem."""
    table, problems = read(path)
    if table is None:
        return [], problems
    opened = find_columns(table, PAIR_COLUMNS, what="pairs")
    if opened.problems:
        return [], opened.problems
    pairs = []
    for row in table.rows:
        problems += cell_problems(opened, row)
        pairs.append((opened.placed.cell(row, "judge"), opened.placed.cell(row, "entry")))
    return pairs, problems
