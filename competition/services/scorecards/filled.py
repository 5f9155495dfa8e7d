"""What a judge filled in, held against the rubric and against what is stored."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from competition.errors import Problem
from competition.queries.scorecards import Mark, ScoringFacts

REASON_LIMIT = 2000
COMMENT_LIMIT = 5000
"""Characters of the comment, and of the note."""


@dataclass(frozen=True)
class Filled:
    """A scorecard as filled in; a criterion that is not in `ratings` is left open.

    Criteria are named by their ids. `problems` are those that the form found itself, such as
    letters where a number belongs.
    """

    ratings: Mapping[int, Decimal]
    reasons: Mapping[int, str] = field(default_factory=dict)
    comment: str = ""
    note: str = ""
    problems: tuple[Problem, ...] = ()

    def without(self, broken: frozenset[str], facts: ScoringFacts, held: Sequence[Mark]) -> Filled:
        """The same, with what is stored in place of every field named in `broken`."""
        ratings, reasons = dict(self.ratings), dict(self.reasons)
        for mark in held:
            names = {f"rating-{mark.criterion_id}", f"reason-{mark.criterion_id}"}
            if names & broken:
                ratings.pop(mark.criterion_id, None)
                if mark.value is not None:
                    ratings[mark.criterion_id] = mark.value
                reasons[mark.criterion_id] = mark.reason
        return replace(
            self,
            ratings={mark.criterion_id: ratings[mark.criterion_id] for mark in held
                     if mark.criterion_id in ratings},
            reasons=reasons,
            comment=facts.comment if "comment" in broken else self.comment,
            note=facts.note if "note" in broken else self.note,
            problems=(),
        )  # fmt: skip


def problems_of(filled: Filled, held: Sequence[Mark]) -> tuple[Problem, ...]:
    """Everything that keeps the content from being stored, each beside its field."""
    return (*filled.problems, *_problems(filled, held))


def _problems(filled: Filled, held: Sequence[Mark]) -> Iterator[Problem]:
    scales = {mark.criterion_id: mark for mark in held}
    for criterion_id in sorted(filled.ratings.keys() | filled.reasons.keys()):
        if criterion_id not in scales:
            yield Problem.of("unknown_criterion", field=f"rating-{criterion_id}")
    for mark in held:
        value = filled.ratings.get(mark.criterion_id)
        reason = filled.reasons.get(mark.criterion_id, "")
        if value is not None and (problem := _off_scale(value, mark)):
            yield problem
        if len(reason) > REASON_LIMIT:
            yield _too_long(f"reason-{mark.criterion_id}", REASON_LIMIT)
        elif reason and value is None and not _has_problem(filled, mark):
            name = f"reason-{mark.criterion_id}"
            yield Problem.of("reason_alone", field=name, criterion=mark.position)
    for name, text in (("comment", filled.comment), ("note", filled.note)):
        if len(text) > COMMENT_LIMIT:
            yield _too_long(name, COMMENT_LIMIT)


def _has_problem(filled: Filled, mark: Mark) -> bool:
    name = f"rating-{mark.criterion_id}"
    return any(problem.field == name for problem in filled.problems)


def _too_long(name: str, limit: int) -> Problem:
    return Problem.of("too_long", field=name, limit=limit)


def _off_scale(value: Decimal, mark: Mark) -> Problem | None:
    if not value.is_finite():
        return Problem.of("not_a_number", field=f"rating-{mark.criterion_id}", typed=str(value))
    if not mark.scale_min <= value <= mark.scale_max:
        code = "off_scale"
    elif (value - mark.scale_min) % mark.step:
        code = "off_step"
    else:
        return None
    return Problem.of(
        code,
        field=f"rating-{mark.criterion_id}",
        criterion=mark.position,
        typed=plain(value),
        low=plain(mark.scale_min),
        high=plain(mark.scale_max),
        step=plain(mark.step),
    )


def plain(value: Decimal) -> str:
    """A number as people write it: no exponent, no trailing zeros."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


@dataclass(frozen=True)
class Change:
    """What differs between what is stored and what was filled in."""

    ratings: tuple[tuple[Mark, Decimal, str], ...]
    """Rated anew or otherwise, with the reason."""
    cleared: tuple[Mark, ...]
    comment: str | None
    note: str | None

    def __bool__(self) -> bool:
        return bool(self.ratings or self.cleared) or (self.comment, self.note) != (None, None)


def change_between(facts: ScoringFacts, held: Sequence[Mark], filled: Filled) -> Change:
    """The changes; a text that stays the same is None."""
    rated, cleared = [], []
    for mark in held:
        value = filled.ratings.get(mark.criterion_id)
        reason = filled.reasons.get(mark.criterion_id, "")
        if value is None:
            if mark.value is not None:
                cleared.append(mark)
        elif value != mark.value or reason != mark.reason:
            rated.append((mark, value, reason))
    return Change(
        tuple(rated),
        tuple(cleared),
        filled.comment if filled.comment != facts.comment else None,
        filled.note if filled.note != facts.note else None,
    )


def before_and_after(facts: ScoringFacts, change: Change) -> tuple[dict[str, Any], dict[str, Any]]:
    """The change for the audit log, criteria by position: numbers as they are, texts as length."""
    before: dict[str, Any] = {}
    after: dict[str, Any] = {}

    def note(kind: str, mark: Mark, old: Any, new: Any) -> None:
        if old != new:
            before.setdefault(kind, {})[f"{mark.position}"] = old
            after.setdefault(kind, {})[f"{mark.position}"] = new

    for mark, value, reason in change.ratings:
        note("ratings", mark, _plain(mark.value), plain(value))
        note("reason_lengths", mark, len(mark.reason), len(reason))
    for mark in change.cleared:
        note("ratings", mark, _plain(mark.value), None)
    for name, old, new in (
        ("comment_length", facts.comment, change.comment),
        ("note_length", facts.note, change.note),
    ):
        if new is not None:
            before[name], after[name] = len(old), len(new)
    return before, after


def _plain(value: Decimal | None) -> str | None:
    return None if value is None else plain(value)
