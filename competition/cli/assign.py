"""`competition assign`: give every entry its judges, from files to a file."""

from __future__ import annotations

import json
import math
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NoReturn

import click

from competition.adapters.spreadsheets import Sheet, write_csv, write_xlsx
from competition.cli.assign_problem import Files, Rules, read_problem

if TYPE_CHECKING:
    from competition.assigning import Bottleneck, Infeasible, Plan, Problem, Repair

BAD_INPUT, INFEASIBLE = 2, 3
MOST_PROBLEMS = 1_000
DEFAULT_PER_ENTRY = 3

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_TARGET = click.Path(dir_okay=False, allow_dash=True, path_type=Path)


def _comparability(
    _ctx: click.Context, _option: click.Parameter, value: str
) -> float | Literal["off", "default"]:
    if value == "off":
        return "off"
    if value == "default":
        return "default"
    try:
        number = float(value)
    except ValueError:
        number = math.nan
    if not 0 <= number <= 1:
        raise click.BadParameter(f"{value!r} is neither off, default nor a number from 0 to 1.")
    return number


@click.command("assign")
@click.option(
    "--entries", type=_FILE, required=True, help="entry[, track, organization, per_entry]"
)
@click.option(
    "--judges",
    type=_FILE,
    required=True,
    help="judge[, organization, kind, tracks, min_entries, max_entries]",
)
@click.option("--affinity", type=_FILE, help="judge, entry, affinity; pairs left out have 0.")
@click.option("--conflicts", type=_FILE, help="judge, entry")
@click.option("--locks", type=_FILE, help="judge, entry, action (assign or exclude)")
@click.option("--keep", type=_FILE, help="An earlier assignment: entry, judge.")
@click.option(
    "--changes",
    type=click.Choice(["fewest", "small"]),
    help="With --keep: as few changes as can be, or also for a clearly better pair.",
)
@click.option(
    "--per-entry",
    type=click.IntRange(min=1),
    default=DEFAULT_PER_ENTRY,
    show_default=True,
    help="Judges an entry.",
)
@click.option(
    "--comparability",
    callback=_comparability,
    metavar="off|default|NUMBER",
    default="default",
    show_default=True,
    help="From fit (0) to comparability (1); off = the exact optimum of fit.",
)
@click.option("--mixed-panels", is_flag=True, help="A judge of every kind for each entry.")
@click.option("--one-per-organization", is_flag=True, help="No two judges of one organization.")
@click.option("--seed", type=int, default=0, show_default=True, help="Breaks ties.")
@click.option("--out", type=_TARGET, required=True, help="The assignment: CSV or .xlsx.")
@click.option("--report", type=_TARGET, metavar="FILE|-", help="Figures of the plan as JSON.")
def assign_command(
    entries: Path,
    judges: Path,
    affinity: Path | None,
    conflicts: Path | None,
    locks: Path | None,
    keep: Path | None,
    changes: str | None,
    per_entry: int,
    comparability: float | Literal["off", "default"],
    mixed_panels: bool,
    one_per_organization: bool,
    seed: int,
    out: Path,
    report: Path | None,
) -> None:
    """Give every entry its judges, as well as the rules allow.

    Files are CSV or .xlsx, with columns in any order, in English or Chinese (作品, 评委, 赛道,
    学校, 类别, 匹配度 and so on). A judge never gets an entry of the judge's own organization.
    Without --affinity, judges fit the entries of their tracks.

    Exit status 2 for bad input, 3 if there is no assignment; nothing is saved then.
    """
    if changes is not None and keep is None:
        raise click.UsageError("--changes needs --keep.")
    files = Files(entries, judges, affinity, conflicts, locks, keep)
    rules = Rules(per_entry, changes or "fewest", mixed_panels, one_per_organization)
    problem = _problem(files, rules)
    from competition.assigning import DEFAULT_COMPARABILITY, Infeasible, solve

    wanted: float | None = None
    if comparability != "off":
        wanted = DEFAULT_COMPARABILITY if comparability == "default" else comparability
    outcome = solve(problem, comparability=wanted, seed=seed)
    try:
        if isinstance(outcome, Infeasible):
            _explain(outcome, report)
        _save(outcome, out)
        if report is not None:
            _write(_plan_report(outcome), report)
    except OSError as error:
        click.echo(f"{error.filename}: {error.strerror}", err=True)
        sys.exit(1)


def _problem(files: Files, rules: Rules) -> Problem:
    """The problem that the files state; ends the command if they are not in order."""
    problem, problems, notes = read_problem(files, rules)
    for note in notes:
        click.echo(f"Note: {note}", err=True)
    if problem is not None:
        return problem
    for wrong in problems[:MOST_PROBLEMS]:
        click.echo(str(wrong), err=True)
    if len(problems) > MOST_PROBLEMS:
        click.echo(f"and {len(problems) - MOST_PROBLEMS} more problems", err=True)
    sys.exit(BAD_INPUT)


def _explain(outcome: Infeasible, report: Path | None) -> NoReturn:
    from competition.cli.assign_words import message

    text = message(outcome)
    if report is not None:
        _write(_infeasible_report(outcome, text), report)
    click.echo(text, err=True)
    sys.exit(INFEASIBLE)


def _save(plan: Plan, out: Path) -> None:
    headers, rows = ["entry", "judge"], [list(pair) for pair in plan.pairs]
    if str(out) == "-":
        click.echo(write_csv(headers, rows).decode("utf-8-sig"), nl=False)
    elif out.suffix.lower() == ".xlsx":
        out.write_bytes(write_xlsx([Sheet("assignment", headers, rows)]))
    else:
        out.write_bytes(write_csv(headers, rows))


def _write(document: dict[str, Any], target: Path) -> None:
    text = json.dumps(document, ensure_ascii=False, allow_nan=False, indent=1)
    if str(target) == "-":
        click.echo(text)
    else:
        target.write_text(text + "\n", encoding="utf-8")


def _plan_report(plan: Plan) -> dict[str, Any]:
    report = plan.report
    return {
        "status": plan.status,
        "affinity": plan.affinity,
        "optimum": plan.optimum,
        "vif": _known(report.vif),
        "vif_floor": report.vif_floor,
        "components": report.components,
        "weakest_pair": report.weakest_pair,
        "loads": dict(report.loads),
        "without_expert": len(report.without_expert),
        "entries_without_expert": list(report.without_expert),
        "expert_threshold": report.expert_threshold,
        "panels_by_kind": {" + ".join(map(str, kinds)): n for kinds, n in report.kinds.items()},
        "changes": report.changes,
        "lost": report.lost,
        "seed": plan.seed,
        "comparability": plan.comparability,
        "seconds": round(report.seconds, 4),
    }


def _infeasible_report(outcome: Infeasible, text: str) -> dict[str, Any]:
    groups = outcome.bottlenecks
    return {
        "status": "infeasible",
        "bottleneck": {
            "entries": sorted({entry for item in groups for entry in item.entries}),
            "judges": sorted({judge for item in groups for judge in item.judges}),
            "short": outcome.short,
        },
        "bottlenecks": [_bottleneck(item) for item in groups],
        "repair": [] if outcome.repair is None else _steps(outcome.repair),
        "alternatives": [_steps(other) for other in outcome.alternatives],
        "message": text,
        "seconds": round(outcome.seconds, 4),
    }


def _bottleneck(item: Bottleneck) -> dict[str, Any]:
    return {
        "rule": item.rule,
        "entries": list(item.entries),
        "judges": list(item.judges),
        "kinds": list(item.kinds),
        "needed": item.needed,
        "room": item.room,
        "short": item.short,
    }


def _steps(repair: Repair) -> list[dict[str, Any]]:
    """Each step with what it speaks of, and the number where it has one."""
    found = []
    for step in repair.steps:
        named = {
            "judge": step.judge,
            "entry": step.entry,
            "kind": step.kind,
            "organization": step.organization,
        }
        record = {key: value for key, value in named.items() if value is not None}
        found.append({"action": step.remedy.value, **record, "by": step.by})
    return found


def _known(value: float) -> float | None:
    return value if math.isfinite(value) else None
