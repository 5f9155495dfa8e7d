"""Importing in tests: text in, plan out."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from competition.errors import Invalid, Problem
from competition.models import Competition, Round
from competition.policies import Actor
from competition.services.tables import Plan, Source, TableKind, plan_import, read, run_import
from tests.support.builders import actor_for, make_competition, make_organizer

LIMIT = 20_000_000


class Importing:
    """One kind of table, into one competition of its own, as its organizer."""

    def __init__(self, session: Session, kind: TableKind, now: datetime) -> None:
        self.session, self.kind, self.now = session, kind, now
        self.competition: Competition = make_competition(session)
        self.organizer: Actor = actor_for(session, make_organizer(session, self.competition))
        self.actor = self.organizer
        self.of: Round | None = None

    def plan(self, text: str) -> Plan:
        return plan_import(
            self.session,
            actor=self.actor,
            competition=self.competition,
            kind=self.kind,
            table=read(text.encode(), "table.csv", self.kind, max_bytes=LIMIT),
            of=self.of,
        )

    def run(self, text: str, *, expected: str | None = None) -> Plan:
        data = text.encode()
        return run_import(
            self.session,
            actor=self.actor,
            competition=self.competition,
            kind=self.kind,
            table=read(data, "table.csv", self.kind, max_bytes=LIMIT),
            of=self.of,
            source=Source("table.csv", hashlib.sha256(data).hexdigest(), self.now),
            expected=expected,
        )


def problems_of(found: Plan | Invalid) -> list[tuple[str, int | None, str | None]]:
    """Code, row and column of every problem."""
    problems: Sequence[Problem] = found.problems
    return [(problem.code, problem.row, problem.column) for problem in problems]
