"""What an import would do, row by row, before anything is done."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy.orm import Session

from competition.errors import Problem
from competition.models import Competition, Round
from competition.policies import Actor
from competition.services.tables.formats import TableKind


class Effect(StrEnum):
    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"


@dataclass(frozen=True)
class Step:
    """What one row, or one group of rows, does.

    `changes` are columns with their value before and after; `wanted` is for the one who writes.
    """

    row: int
    effect: Effect
    name: str
    changes: tuple[tuple[str, str, str], ...] = ()
    wanted: Any = field(default=None, compare=False, repr=False)


@dataclass(frozen=True)
class Context:
    """Who brings a table into which competition, and into which of its rounds if it needs one."""

    session: Session
    actor: Actor
    competition: Competition
    of: Round | None = None

    @property
    def round(self) -> Round:
        """The round, of a kind that has been checked to have one."""
        if self.of is None:
            raise ValueError("this kind of table needs a round")
        return self.of


@dataclass(frozen=True)
class Plan:
    """Everything that an import would do, or why it cannot."""

    kind: TableKind
    filename: str
    steps: tuple[Step, ...]
    problems: tuple[Problem, ...]
    notes: tuple[Problem, ...]

    @property
    def is_sound(self) -> bool:
        return not self.problems

    def count(self, effect: Effect) -> int:
        return sum(step.effect is effect for step in self.steps)

    @property
    def changes_nothing(self) -> bool:
        return self.is_sound and all(step.effect is Effect.UNCHANGED for step in self.steps)

    @property
    def digest(self) -> str:
        """Stands for what was shown: another one means that the competition changed meanwhile."""
        text = repr([(s.row, s.effect.value, s.name, s.changes) for s in self.steps])
        return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True)
class Source:
    """The file that an import came from, as the audit log names it."""

    filename: str
    sha256: str
    at: datetime


def compared(pairs: dict[str, tuple[Any, Any]]) -> tuple[tuple[str, str, str], ...]:
    """The columns whose value differs, as text."""
    return tuple(
        (name, "" if old is None else str(old), "" if new is None else str(new))
        for name, (old, new) in pairs.items()
        if old != new
    )
