"""Ratings and rule book read from files, with every problem named by file, row and column."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from competition.adapters.spreadsheets import Columns, Placed, Table
from competition.cli.input_tables import InputProblem, Opened, cell_problems, find_columns, plain
from competition.cli.score_words import rules_sentence
from competition.scoring import BadRules, Ratings, RuleBook, find_problems

RATING_COLUMNS = Columns(
    {
        "judge": ("评委",),
        "entry": ("item", "作品"),
        "criterion": ("评分项",),
        "score": ("分数", "得分"),
        "weight": ("权重",),
        "track": ("赛道",),
    },
    optional=("criterion", "weight", "track"),
)


@dataclass
class _Lines:
    """The rows that can be used so far, column by column."""

    numbers: list[int] = field(default_factory=list)
    judge: list[str] = field(default_factory=list)
    entry: list[str] = field(default_factory=list)
    criterion: list[str] = field(default_factory=list)
    track: list[str] = field(default_factory=list)
    value: list[float] = field(default_factory=list)
    weight: list[float] = field(default_factory=list)


def read_rules(path: Path) -> tuple[RuleBook | None, list[InputProblem]]:
    """The rule book of a TOML file, or what is wrong with it."""
    try:
        return RuleBook.from_toml(path.read_text(encoding="utf-8-sig")), []
    except UnicodeDecodeError:
        sentence = "The file is not UTF-8."
        return None, [InputProblem(path.name, None, None, sentence)]
    except BadRules as error:
        line, column = error.facts.get("line"), error.facts.get("column")
        sentence = rules_sentence(error.facts)
        place = None if column is None else str(column)
        return None, [InputProblem(path.name, line, place, sentence, "line")]


def ratings_of(
    table: Table, rules: RuleBook | None
) -> tuple[Ratings | None, list[InputProblem], tuple[str, ...]]:
    """The ratings of a table.

    Returns
    -------
    ratings : Ratings or None
        None when there are problems.
    problems : list
        Every one, in the order of the rows.
    unused : tuple of str
        Headers that mean nothing here.
    """
    opened = find_columns(table, RATING_COLUMNS, what="ratings")
    if opened.problems:
        return None, opened.problems, opened.placed.unknown
    lines, problems = _read_lines(opened)
    ratings = _ratings(lines, opened.placed) if lines.numbers else None
    if ratings is not None and rules is not None:
        problems += _against_rules(ratings, rules, lines, table.filename, opened.headers)
    problems.sort(key=lambda problem: problem.row or 0)
    return (None if problems else ratings), problems, opened.placed.unknown


def _read_lines(opened: Opened) -> tuple[_Lines, list[InputProblem]]:
    table, placed, headers = opened.table, opened.placed, opened.headers
    lines, problems = _Lines(), list[InputProblem]()
    first: dict[tuple[str, ...], int] = {}
    track_of: dict[str, tuple[str, int]] = {}
    for row in table.rows:
        found = cell_problems(opened, row, numbers=("score", "weight"), not_negative=("weight",))
        key = tuple(placed.cell(row, name) for name in ("judge", "entry", "criterion"))
        if all(key[:2]) and first.setdefault(key, row.number) != row.number:
            sentence = f"This rating repeats row {first[key]}."
            found.append(InputProblem(table.filename, row.number, headers["judge"], sentence))
        track = placed.cell(row, "track")
        usual, where = track_of.setdefault(key[1], (track, row.number))
        if track and usual != track:
            sentence = f"Row {where} puts this entry into another track."
            found.append(InputProblem(table.filename, row.number, headers["track"], sentence))
        if found:
            problems += found
            continue
        lines.numbers.append(row.number)
        lines.judge.append(key[0])
        lines.entry.append(key[1])
        lines.criterion.append(key[2])
        lines.track.append(track)
        lines.value.append(float(plain(placed.cell(row, "score"))))
        lines.weight.append(float(plain(placed.cell(row, "weight") or "1")))
    return lines, problems


def _ratings(lines: _Lines, placed: Placed) -> Ratings:
    there = placed.place
    return Ratings.from_columns(
        judge=lines.judge,
        entry=lines.entry,
        value=lines.value,
        criterion=lines.criterion if "criterion" in there else None,
        weight=lines.weight if "weight" in there else None,
        track=lines.track if "track" in there else None,
    )


def _against_rules(
    ratings: Ratings, rules: RuleBook, lines: _Lines, file: str, headers: dict[str, str]
) -> list[InputProblem]:
    found = []
    for problem in find_problems(ratings, rules):
        column = "criterion" if problem.code == "unknown_criterion" else "score"
        found.append(
            InputProblem(
                file,
                lines.numbers[problem.row],
                headers.get(column, column),
                _rating_sentence(problem.code, problem.facts),
            )
        )
    return found


def _rating_sentence(code: str, facts: dict[str, Any]) -> str:
    if code == "unknown_criterion":
        named = f"{facts['criterion']!r}" if facts["criterion"] else "A rating without criterion"
        return f"{named} is not in the rule book, which has: {', '.join(facts['allowed'])}."
    if code == "off_scale":
        scale = f"{facts['min']:g} to {facts['max']:g}"
        return f"{facts['value']:g} is off the scale of {facts['criterion']}, {scale}."
    return (
        f"{facts['value']:g} is not a whole number of steps of {facts['step']:g}"
        f" from {facts['min']:g} on {facts['criterion']}."
    )
