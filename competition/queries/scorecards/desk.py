"""What lies on one judge's desk."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from competition.models import Assignment, Entry, LocalText, Scorecard, Track
from competition.queries.scorecards.facts import ScoringFacts
from competition.queries.scorecards.pace import pace
from competition.queries.scorecards.sums import sums
from competition.vocabulary import AssignmentState, ScorecardState


class DeskState(StrEnum):
    """What a judge has to do with an entry, most urgent first."""

    RETURNED = "returned"
    DRAFT = "draft"
    TO_DO = "to_do"
    SUBMITTED = "submitted"
    RECUSED = "recused"


@dataclass(frozen=True)
class DeskRow:
    """One entry of a judge, with how far its scorecard is."""

    assignment_id: int
    round_id: int
    number: str
    title: LocalText
    track: LocalText
    state: DeskState
    saved_at: datetime | None
    submitted_at: datetime | None
    return_reason: str
    rated: int
    total: Decimal | None


def state_of(assignment: AssignmentState, scorecard: ScorecardState | None) -> DeskState:
    """The two states together, as a judge or an organizer sees them."""
    if assignment is AssignmentState.RECUSED:
        return DeskState.RECUSED
    if scorecard is None:
        return DeskState.TO_DO
    return DeskState(scorecard.value)


def desk_rows(session: Session, *, judge_ids: Collection[int]) -> list[DeskRow]:
    """Every entry these judges were told of, by number; two statements."""
    rows = session.execute(
        select(
            Assignment.id,
            Assignment.round_id,
            Entry.number,
            Entry.title,
            Track.name,
            Assignment.state,
            Scorecard.id,
            Scorecard.state,
            Scorecard.saved_at,
            Scorecard.submitted_at,
            Scorecard.return_reason,
        )
        .join(Entry, Entry.id == Assignment.entry_id)
        .join(Track, Track.id == Entry.track_id)
        .outerjoin(Scorecard, Scorecard.assignment_id == Assignment.id)
        .where(
            Assignment.judge_id.in_(judge_ids),
            Assignment.state != AssignmentState.PROPOSED,
        )
        .order_by(Entry.number)
    )
    totals = sums(session, Assignment.judge_id.in_(judge_ids))
    found = []
    for (
        assignment_id,
        round_id,
        number,
        title,
        track,
        assigned,
        scorecard_id,
        filled,
        saved_at,
        submitted_at,
        reason,
    ) in rows:
        rated, total = totals.get(scorecard_id, (0, None))
        state = state_of(assigned, filled)
        found.append(
            DeskRow(
                assignment_id,
                round_id,
                number,
                title,
                track,
                state,
                saved_at,
                submitted_at,
                reason or "",
                rated,
                total,
            )
        )
    return found


def next_to_score(session: Session, facts: ScoringFacts) -> int | None:
    """The assignment to go on with after this one: the next number, then from the first again.

    None when the judge has no other entry left in the round.
    """
    return session.scalar(
        select(Assignment.id)
        .join(Entry, Entry.id == Assignment.entry_id)
        .where(
            Assignment.judge_id == facts.judge_id,
            Assignment.round_id == facts.round_id,
            Assignment.state == AssignmentState.CONFIRMED,
            Assignment.id != facts.assignment_id,
        )
        .order_by(Entry.number < facts.entry_number, Entry.number)
        .limit(1)
    )


@dataclass(frozen=True)
class Desk:
    """One round's entries of a judge, in the order in which they want attention."""

    rows: Sequence[DeskRow]

    def of(self, state: DeskState) -> list[DeskRow]:
        found = [row for row in self.rows if row.state is state]
        if state is DeskState.DRAFT:
            found.sort(key=lambda row: row.saved_at.timestamp() if row.saved_at else 0.0)
            found.reverse()
        return found

    def count(self, state: DeskState) -> int:
        return sum(row.state is state for row in self.rows)

    @property
    def groups(self) -> list[tuple[DeskState, list[DeskRow]]]:
        return [(state, rows) for state in DeskState if (rows := self.of(state))]

    @property
    def expected(self) -> int:
        """Entries to judge: all but those the judge stepped back from."""
        return len(self.rows) - self.count(DeskState.RECUSED)

    @property
    def left(self) -> int:
        return self.expected - self.count(DeskState.SUBMITTED)

    @property
    def next(self) -> DeskRow | None:
        """What to go on with: what came back, the latest draft, the first not begun."""
        for state in (DeskState.RETURNED, DeskState.DRAFT, DeskState.TO_DO):
            if found := self.of(state):
                return found[0]
        return None

    @property
    def pace(self) -> timedelta | None:
        return pace(row.submitted_at for row in self.rows if row.submitted_at)

    @property
    def time_left(self) -> timedelta | None:
        """At this judge's own pace; None while it is not known, or nothing is left."""
        own = self.pace
        return None if own is None or not self.left else own * self.left
