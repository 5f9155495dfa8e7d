"""What decides whether a judge may save a scorecard, and what it holds now.

These two statements are all that saving reads, however many teams and judges there are; they are
Core rather than ORM because every keystroke of every judge ends here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, cast

from sqlalchemy import Connection, Select, Table, and_, bindparam, or_, select
from sqlalchemy.orm import Session

from competition.models import (
    Account,
    Assignment,
    Criterion,
    Entry,
    Judge,
    Rating,
    Round,
    Rubric,
    Scorecard,
    Team,
)
from competition.policies.subjects import Subject
from competition.queries.panels.conflicts import conflict_reasons
from competition.vocabulary import AssignmentState, EntryState, RoundState, ScorecardState

ACCOUNT, ASSIGNMENT, CRITERION, ENTRY, JUDGE, RATING, ROUND, RUBRIC, SCORECARD, TEAM = (
    cast(Table, model.__table__)
    for model in (
        Account,
        Assignment,
        Criterion,
        Entry,
        Judge,
        Rating,
        Round,
        Rubric,
        Scorecard,
        Team,
    )
)


Source = Session | Connection
"""A connection spares the way through the session, which is long for so small a question."""


@dataclass(frozen=True, slots=True)
class ScoringFacts:
    """One assignment with everything that decides about it, and the head of its scorecard."""

    assignment_id: int
    assignment_state: AssignmentState
    judge_id: int
    entry_id: int
    entry_number: str
    entry_state: EntryState
    round_id: int
    round_state: RoundState
    round_position: int
    competition_id: int
    judging_closes_at: datetime | None
    team_id: int
    rubric_id: int | None
    rubric_frozen_at: datetime | None
    scorecard_id: int | None
    state: ScorecardState | None
    comment: str
    note: str
    return_reason: str
    saved_at: datetime | None
    submitted_at: datetime | None
    revision: int
    """0 while there is no scorecard."""
    is_in_conflict: bool
    """Whether judge and team are connected, so that the judge may not see the entry."""

    @property
    def subject(self) -> Subject:
        """The assignment as the permission table sees it."""
        return Subject(
            competition_id=self.competition_id,
            judge_id=self.judge_id,
            is_recused=self.assignment_state is AssignmentState.RECUSED,
            is_confirmed=self.assignment_state is not AssignmentState.PROPOSED,
        )


def _facts() -> Select[Any]:
    return (
        select(
            ASSIGNMENT.c.id.label("assignment_id"),
            ASSIGNMENT.c.state.label("assignment_state"),
            ASSIGNMENT.c.judge_id,
            ENTRY.c.id.label("entry_id"),
            ENTRY.c.number.label("entry_number"),
            ENTRY.c.state.label("entry_state"),
            ENTRY.c.team_id,
            ROUND.c.id.label("round_id"),
            ROUND.c.state.label("round_state"),
            ROUND.c.position.label("round_position"),
            ROUND.c.competition_id,
            ROUND.c.judging_closes_at,
            RUBRIC.c.id.label("rubric_id"),
            RUBRIC.c.frozen_at.label("rubric_frozen_at"),
            SCORECARD.c.id.label("scorecard_id"),
            SCORECARD.c.state,
            SCORECARD.c.comment,
            SCORECARD.c.note,
            SCORECARD.c.return_reason,
            SCORECARD.c.saved_at,
            SCORECARD.c.submitted_at,
            SCORECARD.c.revision,
            or_(*conflict_reasons(ASSIGNMENT.c.judge_id, ENTRY.c.team_id).values()).label(
                "is_in_conflict"
            ),
        )
        .select_from(ASSIGNMENT)
        .join(ENTRY, ENTRY.c.id == ASSIGNMENT.c.entry_id)
        .join(TEAM, TEAM.c.id == ENTRY.c.team_id)
        .join(JUDGE, JUDGE.c.id == ASSIGNMENT.c.judge_id)
        .join(ACCOUNT, ACCOUNT.c.id == JUDGE.c.account_id)
        .join(ROUND, ROUND.c.id == ASSIGNMENT.c.round_id)
        .outerjoin(RUBRIC, RUBRIC.c.round_id == ROUND.c.id)
        .outerjoin(SCORECARD, SCORECARD.c.assignment_id == ASSIGNMENT.c.id)
        .where(ASSIGNMENT.c.id == bindparam("assignment_id"))
    )


FACTS = _facts()
FACTS_LOCKED = _facts().with_for_update(read=True, of=ROUND)


def scoring_facts(
    source: Source, assignment_id: int, *, locking: bool = False
) -> ScoringFacts | None:
    """The facts; `locking` keeps the round in its state until the transaction ends."""
    row = source.execute(
        FACTS_LOCKED if locking else FACTS, {"assignment_id": assignment_id}
    ).one_or_none()
    if row is None:
        return None
    known: dict[str, Any] = dict(row._mapping)
    for name, empty in (("comment", ""), ("note", ""), ("return_reason", ""), ("revision", 0)):
        known[name] = known[name] or empty  # there is no scorecard yet
    return ScoringFacts(**known)


@dataclass(frozen=True, slots=True)
class Mark:
    """One criterion's scale, and the rating on it so far."""

    criterion_id: int
    position: int
    scale_min: Decimal
    scale_max: Decimal
    step: Decimal
    value: Decimal | None
    reason: str


MARKS = (
    select(
        CRITERION.c.id,
        CRITERION.c.position,
        CRITERION.c.scale_min,
        CRITERION.c.scale_max,
        CRITERION.c.step,
        RATING.c.value,
        RATING.c.reason,
    )
    .select_from(CRITERION)
    .outerjoin(
        RATING,
        and_(
            RATING.c.criterion_id == CRITERION.c.id,
            RATING.c.scorecard_id == bindparam("scorecard_id"),
        ),
    )
    .where(CRITERION.c.rubric_id == bindparam("rubric_id"))
    .order_by(CRITERION.c.position)
)


def marks(source: Source, *, rubric_id: int, scorecard_id: int | None) -> list[Mark]:
    """Every criterion of the rubric in order, with the scorecard's rating where there is one."""
    rows = source.execute(MARKS, {"rubric_id": rubric_id, "scorecard_id": scorecard_id or 0})
    return [Mark(*row[:6], row[6] or "") for row in rows]
