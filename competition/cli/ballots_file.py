"""Preferences read from files: comparisons of two entries, or each judge's ranking."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from competition.adapters.spreadsheets import Columns, Table
from competition.cli.input_tables import InputProblem, Opened, cell_problems, find_columns, plain
from competition.cli.ratings_file import RATING_COLUMNS
from competition.scoring import Ratings

COMPARISON_COLUMNS = Columns(
    {"judge": ("评委",), "winner": ("胜者",), "loser": ("负者",), "weight": ("权重",)},
    optional=("judge", "weight"),
)
RANKING_COLUMNS = Columns({"judge": ("评委",), "entry": ("item", "作品"), "rank": ("名次", "排名")})

BALLOTS: Mapping[str, tuple[Columns, str]] = {
    "comparisons": (COMPARISON_COLUMNS, "loser"),
    "rankings": (RANKING_COLUMNS, "rank"),
}
"""Kinds of files with the column that tells them from ratings."""


@dataclass
class _Ballots:
    """Rows of ratings that say the same as comparisons."""

    judge: list[str] = field(default_factory=list)
    entry: list[str] = field(default_factory=list)
    value: list[float] = field(default_factory=list)
    weight: list[float] = field(default_factory=list)


def kind_of(table: Table) -> str | None:
    """Which ballots a table holds by its headers; None = ratings."""
    has_scores = "score" in RATING_COLUMNS.place_in(table).place
    for kind, (columns, telling) in BALLOTS.items():
        if telling in columns.place_in(table).place and not has_scores:
            return kind
    return None


def ballots_of(
    table: Table, kind: str
) -> tuple[Ratings | None, list[InputProblem], tuple[str, ...]]:
    """The preferences of a table as ratings of which only the order counts.

    A comparison becomes a ballot of two entries, the winner with 1 and the loser
    with 0.

    Returns
    -------
    As `ratings_file.ratings_of`.
    """
    opened = find_columns(table, BALLOTS[kind][0], what=kind)
    unused = opened.placed.unknown
    if opened.problems:
        return None, opened.problems, unused
    ratings, problems = _comparisons(opened) if kind == "comparisons" else _rankings(opened)
    return ratings, problems, unused


def _comparisons(opened: Opened) -> tuple[Ratings | None, list[InputProblem]]:
    table, placed, headers = opened.table, opened.placed, opened.headers
    ballots, problems = _Ballots(), list[InputProblem]()
    for row in table.rows:
        found = cell_problems(
            opened, row, numbers=("weight",), not_negative=("weight",), may_be_empty=("judge",)
        )
        winner, loser = placed.cell(row, "winner"), placed.cell(row, "loser")
        if winner and winner == loser:
            sentence = "An entry cannot win against itself."
            found.append(InputProblem(table.filename, row.number, headers["loser"], sentence))
        problems += found
        if found:
            continue
        weight = float(plain(placed.cell(row, "weight") or "1"))
        ballots.judge += [f"{placed.cell(row, 'judge')}#{row.number}"] * 2
        ballots.entry += [winner, loser]
        ballots.value += [1.0, 0.0]
        ballots.weight += [weight, weight]
    if problems:
        return None, problems
    ratings = Ratings.from_columns(
        judge=ballots.judge, entry=ballots.entry, value=ballots.value, weight=ballots.weight
    )
    return ratings, []


def _rankings(opened: Opened) -> tuple[Ratings | None, list[InputProblem]]:
    table, placed, headers = opened.table, opened.placed, opened.headers
    problems = list[InputProblem]()
    first: dict[tuple[str, str], int] = {}
    judges, entries, ranks = list[str](), list[str](), list[float]()
    for row in table.rows:
        found = cell_problems(opened, row, numbers=("rank",))
        judge, entry = placed.cell(row, "judge"), placed.cell(row, "entry")
        if judge and entry and first.setdefault((judge, entry), row.number) != row.number:
            sentence = f"This repeats row {first[judge, entry]}."
            found.append(InputProblem(table.filename, row.number, headers["judge"], sentence))
        problems += found
        if not found:
            judges.append(judge)
            entries.append(entry)
            ranks.append(float(plain(placed.cell(row, "rank"))))
    if problems:
        return None, problems
    return Ratings.from_rankings(judge=judges, entry=entries, rank=ranks), []
