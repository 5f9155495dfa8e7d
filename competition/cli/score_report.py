"""A result as a folder of tables and charts."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from competition.adapters.spreadsheets import write_csv
from competition.cli import score_document
from competition.cli.drawing import Row, curve_chart, finite, rows_chart, scatter_chart
from competition.cli.score_document import Answers, Record
from competition.scoring import Result

HALF_WIDTH = 1.96
"""Standard errors on either side of a score that make a 95 % interval."""


def write_tables(result: Result, folder: Path, answers: Answers) -> None:
    """Write a CSV file for each table that there is."""
    folder.mkdir(parents=True, exist_ok=True)
    tables: dict[str, list[Record]] = {
        "entries": score_document.entries(result, answers.tops),
        "judges": score_document.judges(result),
    }
    if answers.comparison is not None:
        compared = score_document.comparison(answers.comparison, result)
        tables["comparison"] = compared["entries"]
        tables["crossings"] = compared["crossings"]
    if answers.plan is not None:
        tables["plan"] = score_document.plan(answers.plan)["judges"]
    if answers.g_study is not None:
        tables["g_study"] = [score_document.g_study(answers.g_study)]
    if answers.lines:
        tables["lines"] = [
            {"top": line.top, **record}
            for line in answers.lines
            for record in score_document.cut_line(line, result)["entries"]
        ]
    if answers.pairs:
        tables["predictions"] = score_document.predictions(result, answers.pairs)
    for name, records in tables.items():
        if records:
            (folder / f"{name}.csv").write_bytes(_csv(records))
    warnings = [
        [warning.code, json.dumps(warning.facts, ensure_ascii=False)] for warning in result.warnings
    ]
    (folder / "warnings.csv").write_bytes(write_csv(["code", "facts"], warnings))


def write_report(result: Result, folder: Path, answers: Answers) -> None:
    """Write the tables and the charts beside them."""
    write_tables(result, folder, answers)
    for name, text in _charts(result, answers).items():
        (folder / f"{name}.svg").write_text(text, encoding="utf-8")


def _charts(result: Result, answers: Answers) -> dict[str, str]:
    order = [i for i in np.lexsort((result.rank, result.component)).tolist() if result.rank[i]]
    charts = {"scores": _scores(result, order), "given": _given(result)}
    if np.isfinite(result.severity).any():
        charts["severity"] = _severity(result)
    in_points = np.isfinite(result.raw) & np.isfinite(result.adjusted)
    if in_points.any() and not np.isfinite(result.measure).any():
        points = [
            (str(result.entries[i]), float(result.raw[i]), float(result.adjusted[i]))
            for i in np.flatnonzero(in_points).tolist()
        ]
        caption = "On the line: not changed. Above it: the judges were strict."
        charts["raw_adjusted"] = scatter_chart(
            "Raw and adjusted scores", caption, ("raw", "adjusted"), points
        )
    if result.chances is not None:
        charts["ranks"] = _ranks(result, order, answers.tops)
    if answers.plan is not None:
        charts["plan"] = _plan(answers)
    return charts


def _scores(result: Result, order: Sequence[int]) -> str:
    rows = []
    for i in order:
        value, error = finite(result.adjusted[i]), finite(result.se[i])
        low, high = (
            (None, None)
            if value is None or error is None
            else (value - HALF_WIDTH * error, value + HALF_WIDTH * error)
        )
        rows.append(Row(str(result.entries[i]), value, low, high))
    caption = f"Method {result.method}. Lines: 95 % intervals, where the method gives them."
    return rows_chart("Scores", caption, rows)


def _severity(result: Result) -> str:
    known = [j for j in np.argsort(-result.severity).tolist() if np.isfinite(result.severity[j])]
    rows = []
    for j in known:
        value, error = float(result.severity[j]), finite(result.severity_se[j])
        width = None if error is None else HALF_WIDTH * error
        ends = (None, None) if width is None else (value - width, value + width)
        rows.append(Row(str(result.judges[j]), value, *ends))
    caption = "Positive: stricter than the panel. Lines: 95 % intervals."
    return rows_chart("How strict each judge is", caption, rows, zero=0.0)


def _given(result: Result) -> str:
    totals = result.working.totals
    rows = []
    for j, judge in enumerate(result.judges):
        given = totals.value[totals.judge == j]
        if given.size:
            rows.append(Row(str(judge), float(given.mean()), ticks=tuple(given.tolist())))
    return rows_chart("Scores given by each judge", "Ticks: scores. Dots: means.", rows)


def _ranks(result: Result, order: Sequence[int], tops: Sequence[int]) -> str:
    assert result.rank_low is not None and result.rank_high is not None
    rows = [
        Row(
            str(result.entries[i]),
            float(result.rank[i]),
            float(result.rank_low[i]),
            float(result.rank_high[i]),
        )
        for i in order
    ]
    caption = f"Lines: 95 % intervals from {result.draws:,} draws."
    lines = [top + 0.5 for top in tops]
    return rows_chart("How sure the ranks are", caption, rows, lines=lines)


def _plan(answers: Answers) -> str:
    assert answers.plan is not None
    found = answers.plan
    points = [
        (float(n), float(share))
        for n, share in zip(found.n_judges.tolist(), found.reliability.tolist(), strict=True)
        if np.isfinite(share)
    ]
    caption = "Reliability of an entry's score with so many judges."
    return curve_chart("How many judges", caption, ("judges per entry", "reliability"), points)


def _csv(records: Sequence[Mapping[str, Any]]) -> bytes:
    """Records as a table; a mapping inside becomes a column for each of its keys."""
    rows = [_flat(record) for record in records]
    return write_csv(list(rows[0]), (list(row.values()) for row in rows))


def _flat(record: Mapping[str, Any]) -> Record:
    flat: Record = {}
    for name, value in record.items():
        if isinstance(value, Mapping):
            flat |= {f"{name}_{key}": inner for key, inner in value.items()}
        else:
            flat[name] = ", ".join(map(str, value)) if isinstance(value, list) else value
    return flat
