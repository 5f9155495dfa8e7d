"""The domain's errors: each carries a code and facts, and no prose.

Words for people are made from them in one file per face (`web/messages.py`, `cli/messages.py`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any


class DomainError(Exception):
    """Something the rules of the competition do not allow."""

    code = "domain_error"

    def __init__(self, code: str | None = None, /, **facts: Any) -> None:
        if code is not None:
            self.code = code
        self.facts = facts
        super().__init__(self.code, facts)

    def __str__(self) -> str:
        facts = ", ".join(f"{key}={value!r}" for key, value in self.facts.items())
        return f"{self.code}({facts})"


class InvalidSettings(DomainError):
    """A setting has a value that must not be used."""

    code = "invalid_settings"


class NotFound(DomainError):
    """The thing does not exist, or the asker must not learn that it does."""

    code = "not_found"


class Forbidden(DomainError):
    """The asker may know of the thing, yet may not do this to it."""

    code = "forbidden"


class WrongState(DomainError):
    """The thing is in a state that does not allow this (facts: object, state, allowed)."""

    code = "wrong_state"


class Conflict(DomainError):
    """Somebody else changed the thing meanwhile, or it exists already."""

    code = "conflict"


@dataclass(frozen=True)
class Problem:
    """One thing wrong with what was sent: which field or row and column, and why."""

    code: str
    field: str | None = None
    row: int | None = None
    column: str | None = None
    facts: tuple[tuple[str, Any], ...] = ()

    @classmethod
    def of(
        cls,
        code: str,
        *,
        field: str | None = None,
        row: int | None = None,
        column: str | None = None,
        **facts: Any,
    ) -> Problem:
        return cls(code, field, row, column, tuple(sorted(facts.items())))

    def fact(self, name: str) -> Any:
        return dict(self.facts)[name]


class Invalid(DomainError):
    """What was sent breaks a rule; `problems` names every one of them."""

    code = "invalid"

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__(None, problems=self.problems)

    @classmethod
    def one(cls, code: str, *, field: str | None = None, **facts: Any) -> Invalid:
        return cls([Problem.of(code, field=field, **facts)])
