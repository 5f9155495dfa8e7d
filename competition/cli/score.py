"""`competition score`: rank the entries of a file of ratings."""

from __future__ import annotations

import json
import math
import sys
import unicodedata
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn

import click

from competition.adapters.spreadsheets import write_csv
from competition.cli.ratings_file import InputProblem, read_ratings, read_rules
from competition.cli.score_words import warning_sentence
from competition.scoring import METHODS, Result, RuleBook, ScoringError, score

BAD_INPUT = 2
MOST_PROBLEMS = 1_000
"""Problems listed one by one; the rest is counted."""

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command("score")
@click.argument("ratings", metavar="RATINGS", type=_FILE)
@click.option("--rules", "rules_file", metavar="RULES.toml", type=_FILE, help="The rule book.")
@click.option(
    "--method", type=click.Choice(METHODS), help="How judges are combined. Overrides the rule book."
)
@click.option(
    "--json",
    "json_target",
    metavar="FILE|-",
    type=click.Path(path_type=Path, allow_dash=True),
    help="Write everything as JSON to a file, or to the standard output.",
)
@click.option(
    "--csv",
    "csv_folder",
    metavar="FOLDER",
    type=click.Path(file_okay=False, path_type=Path),
    help="Write entries.csv, judges.csv and warnings.csv.",
)
@click.option("--seed", type=int, default=0, show_default=True, help="For methods that draw.")
def score_command(
    ratings: Path,
    rules_file: Path | None,
    method: str | None,
    json_target: Path | None,
    csv_folder: Path | None,
    seed: int,
) -> None:
    """Rank the entries of RATINGS, a CSV or .xlsx file.

    Its columns are judge, entry (or item), criterion (may be missing) and score, in any order;
    or 评委, 作品, 评分项, 分数. Other columns are not used.
    """
    result = _score(ratings, rules_file, method, seed)
    _tell_warnings(result)
    try:
        if csv_folder is not None:
            _write_folder(result, csv_folder)
        if json_target is None:
            click.echo(_table(result))
        elif str(json_target) == "-":
            click.echo(_json(result))
        else:
            json_target.write_text(_json(result) + "\n", encoding="utf-8")
    except OSError as error:
        click.echo(f"{error.filename}: {error.strerror}", err=True)
        sys.exit(1)


def _score(path: Path, rules_file: Path | None, method: str | None, seed: int) -> Result:
    rules: RuleBook | None = RuleBook()
    problems: list[InputProblem] = []
    if rules_file is not None:
        rules, problems = read_rules(rules_file)
    ratings, found, unused = read_ratings(path, rules)
    problems += found
    if unused:
        click.echo(f"{path.name}: columns not used: {', '.join(filter(None, unused))}", err=True)
    if problems or ratings is None or rules is None:
        _refuse(problems)
    try:
        return score(ratings, method=method, rules=rules, seed=seed)
    except ScoringError as error:
        _refuse([InputProblem(path.name, None, None, str(error))])


def _refuse(problems: Sequence[InputProblem]) -> NoReturn:
    for problem in problems[:MOST_PROBLEMS]:
        click.echo(str(problem), err=True)
    if len(problems) > MOST_PROBLEMS:
        click.echo(f"and {len(problems) - MOST_PROBLEMS} more problems", err=True)
    sys.exit(BAD_INPUT)


def _tell_warnings(result: Result) -> None:
    for warning in result.warnings:
        click.echo(f"Note: {warning_sentence(warning.code, warning.facts)}", err=True)


def _json(result: Result) -> str:
    document = {
        "method": result.method,
        "entries": _entries(result),
        "judges": _judges(result),
        "warnings": [{"code": warning.code, **warning.facts} for warning in result.warnings],
        "connectivity": {"components": result.components},
    }
    return json.dumps(document, ensure_ascii=False, allow_nan=False, indent=1)


def _entries(result: Result) -> list[dict[str, Any]]:
    """One record an entry, the best first; the component where there are several."""
    ranks = result.ranks()
    group = result.component.tolist() if result.method == "additive" else [0] * len(ranks)
    order = sorted(range(len(ranks)), key=lambda i: (ranks[i] is None, group[i], ranks[i] or 0))
    records = []
    for i in order:
        record = {
            "entry": result.entries[i],
            "rank": ranks[i],
            "score": _known(result.score[i]),
            "adjusted": _known(result.adjusted[i]),
            "raw": _known(result.raw[i]),
            "se": _known(result.se[i]),
            "n_judges": int(result.n_judges[i]),
        }
        if result.components > 1:
            record["component"] = int(result.component[i]) + 1 or None
        records.append(record)
    return records


def _judges(result: Result) -> list[dict[str, Any]]:
    return [
        {
            "judge": judge,
            "severity": _known(result.severity[j]),
            "se": _known(result.severity_se[j]),
            "n_entries": int(result.judge_n[j]),
        }
        for j, judge in enumerate(result.judges)
    ]


def _known(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None


def _write_folder(result: Result, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "entries.csv").write_bytes(_csv(_entries(result)))
    (folder / "judges.csv").write_bytes(_csv(_judges(result)))
    warnings = [
        [warning.code, json.dumps(warning.facts, ensure_ascii=False)] for warning in result.warnings
    ]
    (folder / "warnings.csv").write_bytes(write_csv(["code", "facts"], warnings))


def _csv(records: list[dict[str, Any]]) -> bytes:
    return write_csv(list(records[0]), (list(record.values()) for record in records))


def _table(result: Result) -> str:
    """The ranking as text in columns."""
    rounding = result.working.rules.round
    places = rounding.display if rounding.display is not None else rounding.total
    digits = 3 if places is None else places
    headers = ["rank", "entry", "score", "adjusted", "se", "raw", "judges"]
    grouped = result.components > 1
    rows = [
        [
            "-" if record["rank"] is None else str(record["rank"]),
            _one_line(str(record["entry"])),
            _fixed(record["score"], digits),
            *(_fixed(record[key], 3) for key in ("adjusted", "se", "raw")),
            str(record["n_judges"]),
            *([str(record["component"] or "-")] if grouped else []),
        ]
        for record in _entries(result)
    ]
    return _aligned([[*headers, *(["group"] if grouped else [])], *rows], left=1)


def _aligned(rows: Sequence[Sequence[str]], left: int) -> str:
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


def _one_line(text: str) -> str:
    return "".join(letter if letter.isprintable() else " " for letter in text)


def _fixed(value: float | None, digits: int) -> str:
    return "-" if value is None else f"{value:.{digits}f}"
