"""What was asked of a result beyond the ranking, as text for a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from competition.cli import score_document
from competition.cli.score_document import Answers
from competition.cli.score_table import DIGITS, aligned, fixed, one_line
from competition.scoring import Result

if TYPE_CHECKING:
    from competition.scoring.analysis import MethodComparison
    from competition.scoring.diagnostics.generalizability import VarianceComponents
    from competition.scoring.diagnostics.planning import Plan
    from competition.scoring.uncertainty.cut_lines import CutLine

SOURCES = {
    "entry": "entries differ",
    "entry_criterion": "entries differ by criterion",
    "judge": "judges are strict or mild",
    "judge_criterion": "strict or mild by criterion",
    "entry_judge": "judges see entries differently",
    "residual": "rest",
}


def answer_texts(result: Result, answers: Answers) -> Iterator[str]:
    """A block of lines for each question."""
    for line in answers.lines:
        yield _line(line, result)
    if answers.comparison is not None:
        yield _comparison(answers.comparison, result)
    if answers.g_study is not None:
        yield _sources(answers.g_study)
    if answers.plan is not None:
        yield _plan(answers.plan)
    if answers.pairs:
        yield _predictions(result, answers)


def _line(line: CutLine, result: Result) -> str:
    where = f"Best {line.top}"
    if result.is_divided:
        where += f" of group {line.group + 1}"
    unsure = _labels(result, line.members[line.uncertain])
    jointly = _labels(result, line.members[line.uncertain_jointly])
    return "\n".join(
        [
            f"{where}: {line.expected_wrong:.2f} places expected to be wrong.",
            f"  cannot be told from the line: {unsure}",
            f"  all lines considered at once: {jointly}",
        ]
    )


def _labels(result: Result, positions: Iterable[int]) -> str:
    return ", ".join(one_line(str(result.entries[i])) for i in positions) or "none"


def _comparison(found: MethodComparison, result: Result) -> str:
    record = score_document.comparison(found, result)
    methods = record["methods"]
    rows = [
        [one_line(str(item["entry"])), *(str(item["ranks"][name] or "-") for name in methods)]
        for item in sorted(record["entries"], key=lambda item: item["ranks"][methods[0]] or 10**9)
    ]
    moved = ["hold another rank", *(str(record["moved"][name]) for name in methods)]
    lines = ["Ranks by method", aligned([["entry", *methods], *rows, moved])]
    for item in record["crossings"]:
        came, went = (
            ", ".join(one_line(str(name)) for name in item[side]) or "none"
            for side in ("only_second", "only_first")
        )
        lines.append(
            f"Best {item['top']}, {item['second']} instead of {item['first']}: "
            f"in {came}; out {went}"
        )
    lines += [f"{name}: not possible with these ratings" for name in record["refused"]]
    return "\n".join(lines)


def _sources(found: VarianceComponents) -> str:
    parts = found.of_one_total
    whole = sum(parts.values())
    if not whole > 0:
        return "Where differences come from: these ratings do not tell."
    rows = [
        [SOURCES[name], f"{part:.{DIGITS}f}", f"{part / whole:.0%}"] for name, part in parts.items()
    ]
    title = "Where differences between one judge's totals come from"
    return f"{title}\n{aligned([['source', 'variance', 'share'], *rows])}"


def _plan(found: Plan) -> str:
    record = score_document.plan(found)
    columns = {
        "n_judges": "judges",
        "reliability": "reliability",
        "dependability": "raw mean",
        "se": "se",
        "tau": "tau",
        "top_hits": f"best {found.top} found",
    }
    rows = [
        [str(item["n_judges"]), *(fixed(item[name], 3) for name in list(columns)[1:])]
        for item in record["judges"]
    ]
    needed = ", ".join(
        f"{goal}: {'not to be had' if count is None else count}"
        for goal, count in record["needed"].items()
    )
    return "\n".join(
        [
            "What so many judges an entry give",
            aligned([list(columns.values()), *rows]),
            f"Judges needed for a reliability of {needed}",
        ]
    )


def _predictions(result: Result, answers: Answers) -> str:
    rows = [
        [
            one_line(item["judge"]),
            one_line(item["entry"]),
            fixed(item["mean"], DIGITS),
            fixed(item["sd"], DIGITS),
        ]
        for item in score_document.predictions(result, answers.pairs)
    ]
    return f"Predicted scores\n{aligned([['judge', 'entry', 'mean', 'sd'], *rows])}"
