"""A result as records for JSON and CSV: every field under its name, floats at full precision."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from competition.scoring import Result

if TYPE_CHECKING:
    from competition.scoring.analysis import MethodComparison
    from competition.scoring.diagnostics.generalizability import VarianceComponents
    from competition.scoring.diagnostics.planning import Plan
    from competition.scoring.uncertainty.cut_lines import CutLine

Record = dict[str, Any]


@dataclass(frozen=True, eq=False)
class Answers:
    """What was asked of a result beyond the ranking."""

    tops: tuple[int, ...] = ()
    lines: tuple[CutLine, ...] = ()
    comparison: MethodComparison | None = None
    plan: Plan | None = None
    g_study: VarianceComponents | None = None
    pairs: Sequence[tuple[str, str]] = ()


def document(result: Result, answers: Answers) -> Record:
    """Everything that is known, as one JSON object; what is not known is null."""
    found: Record = {
        "method": result.method,
        "rules_digest": result.working.rules.digest,
        "seed": result.seed,
        "draws": result.draws,
        "entries": entries(result, answers.tops),
        "judges": judges(result),
        "variance": figures(result.variance),
        "criterion_value": known(result.criterion_value),
        "sigma2": known(result.sigma2),
        "df": result.df,
        "log_likelihood": known(result.log_likelihood),
        "reliability": figures(result.reliability),
        "agreement": figures(result.agreement),
        "severity_test": _severity_test(result),
        "connectivity": {
            "components": result.components,
            "normalized": known(result.connectivity),
        },
        "converged": result.converged,
        "r_hat": _worst(result.r_hat, max),
        "ess": _worst(result.ess, min),
        "ties": [_tie(item) for item in result.ties],
        "lines": [_line(item) for item in result.lines],
        "warnings": [{"code": item.code, **_plain(item.facts)} for item in result.warnings],
    }
    if answers.lines:
        found["cut_lines"] = [cut_line(line, result) for line in answers.lines]
    if answers.comparison is not None:
        found["comparison"] = comparison(answers.comparison, result)
    if answers.plan is not None:
        found["plan"] = plan(answers.plan)
    if answers.g_study is not None:
        found["g_study"] = g_study(answers.g_study)
    if answers.pairs:
        found["predictions"] = predictions(result, answers.pairs)
    return found


def entries(result: Result, tops: Sequence[int] = ()) -> list[Record]:
    """One record an entry, the best first; the component where there are several."""
    ranks = result.ranks()
    group = result.component.tolist() if result.is_divided else [0] * len(ranks)
    order = sorted(range(len(ranks)), key=lambda i: (ranks[i] is None, group[i], ranks[i] or 0))
    drawn = _drawn(result, tops)
    has_measure = bool(np.isfinite(result.measure).any())
    records = []
    for i in order:
        record: Record = {
            "entry": result.entries[i],
            "rank": ranks[i],
            "score": known(result.score[i]),
            "adjusted": known(result.adjusted[i]),
            "raw": known(result.raw[i]),
            "se": known(result.se[i]),
            "n_judges": int(result.n_judges[i]),
        }
        if result.components > 1:
            record["component"] = int(result.component[i]) + 1 or None
        if has_measure:
            record |= {
                "measure": known(result.measure[i]),
                "measure_se": known(result.measure_se[i]),
            }
        record |= {name: values[i] for name, values in drawn.items()}
        records.append(record)
    return records


def _drawn(result: Result, tops: Sequence[int]) -> dict[str, list[Any]]:
    """Chances and intervals of ranks, entry by entry; nothing without draws."""
    chances = result.chances
    if chances is None:
        return {}
    found = chances.distribution(tops)
    shares = found.p_top.tolist()
    return {
        "p_top": [
            {str(k): known(share) for k, share in zip(tops, row, strict=True)} for row in shares
        ],
        "rank_low": [rank or None for rank in found.low.tolist()],
        "rank_high": [rank or None for rank in found.high.tolist()],
    }


def judges(result: Result) -> list[Record]:
    """One record a judge, in the order of the ratings."""
    columns = {
        "severity": result.severity,
        "se": result.severity_se,
        "sd": result.judge_sd,
        "scale": result.judge_scale,
        "infit": result.infit,
        "outfit": result.outfit,
    }
    return [
        {
            "judge": judge,
            **{name: known(values[j]) for name, values in columns.items()},
            "n_entries": int(result.judge_n[j]),
        }
        for j, judge in enumerate(result.judges)
    ]


def predictions(result: Result, pairs: Sequence[tuple[str, str]]) -> list[Record]:
    """The score that each judge would give each entry; null where the method cannot say."""
    judge_at = {str(label): place for place, label in enumerate(result.judges)}
    entry_at = {str(label): place for place, label in enumerate(result.entries)}
    judge = np.array([judge_at.get(name, -1) for name, _ in pairs], dtype=np.int64)
    entry = np.array([entry_at.get(name, -1) for _, name in pairs], dtype=np.int64)
    mean, sd = result.predict(judge, entry)
    return [
        {"judge": pair[0], "entry": pair[1], "mean": known(mean[k]), "sd": known(sd[k])}
        for k, pair in enumerate(pairs)
    ]


def comparison(found: MethodComparison, result: Result) -> Record:
    """Ranks of all entries under all methods, and who would cross a line."""
    compared = found.comparison
    names = compared.names
    labels = result.entries
    return {
        "methods": list(names),
        "refused": {name: {"code": error.code} for name, error in found.refused.items()},
        "moved": dict(zip(names, compared.moved.tolist(), strict=True)),
        "largest": dict(zip(names, compared.largest.tolist(), strict=True)),
        "tau": {
            name: dict(zip(names, map(known, row), strict=True))
            for name, row in zip(names, compared.tau.tolist(), strict=True)
        },
        "entries": [
            {
                "entry": label,
                "ranks": {name: int(compared.rank[m, i]) or None for m, name in enumerate(names)},
                "scores": {name: known(found.results[name].score[i]) for name in names},
            }
            for i, label in enumerate(labels)
        ],
        "crossings": [
            {
                "first": item.first,
                "second": item.second,
                "top": item.top,
                "only_first": [labels[i] for i in item.only_first.tolist()],
                "only_second": [labels[i] for i in item.only_second.tolist()],
            }
            for item in compared.crossings
        ],
    }


def plan(found: Plan) -> Record:
    """What n judges an entry would give, one record for each n."""
    columns = {
        "reliability": found.reliability,
        "dependability": found.dependability,
        "se": found.se,
        "se_absolute": found.se_absolute,
        "tau": found.tau,
        "top_hits": found.top_hits,
        "rank_width": found.rank_width,
    }
    return {
        "top": found.top,
        "n_entries": found.n_entries,
        "needed": {f"{goal:g}": count for goal, count in found.needed.items()},
        "judges": [
            {"n_judges": n, **{name: known(values[k]) for name, values in columns.items()}}
            for k, n in enumerate(found.n_judges.tolist())
        ],
    }


def g_study(found: VarianceComponents) -> Record:
    """Variance components; null where the design or a single criterion does not give them."""
    record: Record = {name: known(value) for name, value in asdict(found).items()}
    if found.n_criteria == 1:
        record |= dict.fromkeys(
            ("criterion", "entry_criterion", "judge_criterion", "entry_judge"), None
        )
    return record | {"n_criteria": found.n_criteria}


def cut_line(line: CutLine, result: Result) -> Record:
    """Who is sure at a line below the best k, who is not, and what would tell."""
    return {
        "top": line.top,
        "line": known(line.line),
        "expected_wrong": known(line.expected_wrong),
        "uncertain": [result.entries[i] for i in line.members[line.uncertain].tolist()],
        "uncertain_jointly": [
            result.entries[i] for i in line.members[line.uncertain_jointly].tolist()
        ],
        "entries": [
            {
                "entry": result.entries[i],
                "is_in": bool(line.is_in[k]),
                "p_in": known(line.p_in[k]),
                "needed": known(line.needed[k]),
            }
            for k, i in enumerate(line.members.tolist())
        ],
        **({"component": line.group + 1} if result.is_divided else {}),
    }


def figures(found: Mapping[str, Any] | None) -> Record | None:
    return None if found is None else {name: known(value) for name, value in found.items()}


def known(value: float) -> float | None:
    """A float at full precision, or None for what is not a number or not finite."""
    return float(value) if math.isfinite(value) else None


def _severity_test(result: Result) -> Record | None:
    if result.facts.severity is None:
        return None
    test = result.severity_test
    return {"f": known(test.f), "df1": test.df1, "df2": test.df2, "p": known(test.p)}


def _worst(found: Mapping[str, Any] | None, worst: Any) -> Record | None:
    """The least favourable figure of each quantity."""
    if found is None:
        return None
    return {
        name: known(worst(values[np.isfinite(values)].tolist(), default=math.nan))
        for name, values in found.items()
    }


def _tie(item: Any) -> Record:
    return {
        "rank": item.rank,
        "entries": list(item.entries),
        "ranks": list(item.ranks),
        "steps": list(item.steps),
    }


def _line(item: Any) -> Record:
    return {
        "name": item.name,
        "seats": item.seats,
        "through": list(item.through),
        "at_line": list(item.at_line),
        "tie": item.tie,
        "below_minimum": list(item.below_minimum),
    }


def _plain(facts: Mapping[str, Any]) -> Record:
    """Facts without numbers that JSON does not know."""
    return {
        name: known(value) if isinstance(value, float) else value for name, value in facts.items()
    }


def labels_not_in(result: Result, pairs: Iterable[tuple[str, str]]) -> tuple[set[str], set[str]]:
    """Judges and entries of pairs that the ratings do not have."""
    judges_there = {str(label) for label in result.judges}
    entries_there = {str(label) for label in result.entries}
    wanted = list(pairs)
    return (
        {judge for judge, _ in wanted} - judges_there,
        {entry for _, entry in wanted} - entries_there,
    )
