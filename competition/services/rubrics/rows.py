"""A rubric as it is to be, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import pairwise

from competition.errors import Problem
from competition.models import LocalText
from competition.services.rounds.checks import (
    NAME_MAX,
    TEXT_MAX,
    number_problems,
    text_problems,
)
from competition.vocabulary import Weighting

CRITERIA_MAX = 30
LEVELS_MAX = 12
LEVELS_USUAL = 5


@dataclass(frozen=True, kw_only=True)
class LevelRow:
    """What the ratings from `low` to `high` mean."""

    low: Decimal
    high: Decimal
    text: LocalText


@dataclass(frozen=True, kw_only=True)
class CriterionRow:
    """One criterion as it is to be; its place in the list is its position."""

    name: LocalText
    description: LocalText = field(default_factory=LocalText)
    weight: Decimal
    scale_min: Decimal
    scale_max: Decimal
    step: Decimal
    is_reason_required: bool = False
    levels: Sequence[LevelRow] = ()


def divided(
    low: Decimal, high: Decimal, step: Decimal, parts: int = LEVELS_USUAL
) -> list[tuple[Decimal, Decimal]]:
    """The steps of a scale in parts of equal size; the highest ones take what is left over.

    >>> divided(Decimal(1), Decimal(4), Decimal(1), parts=3)
    [(Decimal('1'), Decimal('1')), (Decimal('2'), Decimal('2')), (Decimal('3'), Decimal('4'))]
    """
    count = int((high - low) / step) + 1
    parts = min(parts, count)
    size, left_over = divmod(count, parts)
    bounds, start = [], 0
    for part in range(parts):
        length = size + (1 if part >= parts - left_over else 0)
        bounds.append((low + step * start, low + step * (start + length - 1)))
        start += length
    return bounds


def rubric_problems(weighting: Weighting, rows: Sequence[CriterionRow]) -> Iterator[Problem]:
    """Everything that keeps these rows from being a rubric."""
    if not rows:
        yield Problem.of("rubric_empty", field="criteria")
    if len(rows) > CRITERIA_MAX:
        yield Problem.of("too_many_criteria", field="criteria", limit=CRITERIA_MAX)
    seen: set[str] = set()
    for place, row in enumerate(rows):
        at = f"criteria-{place}-"
        yield from text_problems(row.name, f"{at}name", limit=NAME_MAX, needed=True)
        yield from text_problems(row.description, f"{at}description", limit=TEXT_MAX, needed=False)
        names = {text.casefold() for text in (row.name.en, row.name.zh) if text}
        if names & seen:
            yield Problem.of("criterion_doubled", field=f"{at}name_en")
        seen |= names
        yield from _weight_problems(row, at)
        yield from _scale_problems(row, at)
    total = sum((row.weight for row in rows), Decimal(0))
    if rows and weighting is Weighting.PERCENT and total != 100:
        code = "weights_under_100" if total < 100 else "weights_over_100"
        last = f"criteria-{len(rows) - 1}-weight"
        yield Problem.of(code, field=last, sum=f"{total:f}", off=f"{abs(100 - total):f}")


def _weight_problems(row: CriterionRow, at: str) -> Iterator[Problem]:
    if row.weight <= 0:
        yield Problem.of("not_positive", field=f"{at}weight")
    yield from number_problems(f"{at}weight", row.weight)


def _scale_problems(row: CriterionRow, at: str) -> Iterator[Problem]:
    found = [
        problem
        for name in ("scale_min", "scale_max", "step")
        for problem in number_problems(at + name, getattr(row, name))
    ]
    if row.scale_max <= row.scale_min:
        found.append(Problem.of("scale_empty", field=f"{at}scale_max"))
    if row.step <= 0:
        found.append(Problem.of("not_positive", field=f"{at}step"))
    elif not found and (row.scale_max - row.scale_min) % row.step:
        found.append(Problem.of("step_divides_not", field=f"{at}step", step=f"{row.step:f}"))
    yield from found
    if not found:
        yield from _level_problems(row, at)


def _level_problems(row: CriterionRow, at: str) -> Iterator[Problem]:
    """Levels that are off the scale, overlap, or leave a rating without a meaning."""
    for place, level in enumerate(row.levels):
        yield from text_problems(
            level.text, f"{at}levels-{place}-text", limit=TEXT_MAX, needed=True
        )
        for name, value in (("low", level.low), ("high", level.high)):
            if not row.scale_min <= value <= row.scale_max or (value - row.scale_min) % row.step:
                yield Problem.of("level_off_scale", field=f"{at}levels-{place}-{name}")
                return
        if level.high < level.low:
            yield Problem.of("level_reversed", field=f"{at}levels-{place}-high")
            return
    order = sorted(enumerate(row.levels), key=lambda item: item[1].low)
    for (_, before), (place, after) in pairwise(order):
        if after.low <= before.high:
            yield Problem.of("levels_overlap", field=f"{at}levels-{place}-low")
        elif after.low != before.high + row.step:
            missing = before.high + row.step
            yield _gap(f"{at}levels-{place}-low", missing)
    if order:
        first, last = order[0], order[-1]
        if first[1].low != row.scale_min:
            yield _gap(f"{at}levels-{first[0]}-low", row.scale_min)
        if last[1].high != row.scale_max:
            yield _gap(f"{at}levels-{last[0]}-high", row.scale_max)


def _gap(field_name: str, value: Decimal) -> Problem:
    return Problem.of("level_missing", field=field_name, value=f"{value.normalize() + 0:f}")
