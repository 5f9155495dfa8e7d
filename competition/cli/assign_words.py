"""English sentences about assignments that cannot be made, and the ways out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from competition.assigning import Bottleneck, Infeasible, Remedy, Repair, Step

MOST_NAMES = 8


def message(outcome: Infeasible) -> str:
    """Why there is no assignment, and what could be done."""
    lines = [bottleneck_sentence(item) for item in outcome.bottlenecks]
    if outcome.repair is not None:
        lines.append(f"Cheapest repair: {repair_sentence(outcome.repair)}.")
    lines += [f"Or: {repair_sentence(other)}." for other in outcome.alternatives]
    if outcome.repair is None and not outcome.alternatives:
        lines.append("No single kind of repair helps.")
    return "\n".join(lines)


def bottleneck_sentence(item: Bottleneck) -> str:
    entries = _these(item.entries, "entry", "entries")
    if item.rule == "min_load":
        return (
            f"{_these(item.judges, 'judge', 'judges')} must take {item.needed} entries at least,"
            f" but there are only {item.room} places for them: {item.short} too many."
        )
    if item.rule == "places":
        return f"{entries} need judges of more kinds than they have places."
    if item.rule == "organization":
        return f"{entries} could be judged by all kinds only with two judges of one organization."
    kinds = "".join(f" by {kind}" for kind in item.kinds)
    able = (
        f"only {_these(item.judges, 'judge', 'judges', capital=False)} may take them"
        if item.judges
        else "no judge may take them"
    )
    return (
        f"{entries} need{'s' if len(item.entries) == 1 else ''} {item.needed} judgings{kinds}, but"
        f" {able} (room for {item.room}): {item.short} too many."
    )


def repair_sentence(repair: Repair) -> str:
    """All steps of a repair, those of one kind together."""
    parts = []
    for remedy in Remedy:
        steps = [step for step in repair.steps if step.remedy is remedy]
        if steps:
            parts.append(_steps(remedy, steps))
    return "; ".join(parts)


def _steps(remedy: Remedy, steps: Sequence[Step]) -> str:
    if remedy is Remedy.RAISE_LIMIT:
        return "raise the limit of " + _list(f"{step.judge} by {step.by}" for step in steps)
    if remedy is Remedy.LOWER_MINIMUM:
        return "lower the minimum of " + _list(f"{step.judge} by {step.by}" for step in steps)
    if remedy is Remedy.FEWER_JUDGES:
        return "ask for fewer judges on " + _list(f"{step.entry} (by {step.by})" for step in steps)
    if remedy is Remedy.LIFT_KIND:
        return "do without a judge from " + _list(f"{step.kind} on {step.entry}" for step in steps)
    if remedy is Remedy.LIFT_ORGANIZATION:
        shown = _list(f"{step.organization} on {step.entry}" for step in steps)
        return "allow several judges of " + shown
    verb = {
        Remedy.WAIVE_CONFLICT: "waive the conflict of ",
        Remedy.ALLOW_EXCLUDED: "no longer exclude ",
        Remedy.UNLOCK: "unlock ",
    }[remedy]
    return verb + _list(f"{step.judge} with {step.entry}" for step in steps)


def _these(names: Sequence[object], one: str, many: str, *, capital: bool = True) -> str:
    """`These 12 entries (A, B, …)`."""
    start = "This" if len(names) == 1 else "These"
    counted = one if len(names) == 1 else f"{len(names)} {many}"
    return f"{start if capital else start.lower()} {counted} ({_list(map(str, names))})"


def _list(names: Iterable[str]) -> str:
    known = list(names)
    if len(known) > MOST_NAMES:
        return ", ".join(known[:MOST_NAMES]) + f" and {len(known) - MOST_NAMES} more"
    return ", ".join(known)
