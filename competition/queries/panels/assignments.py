"""Who judges what, and how far they are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import and_, case, func, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from competition.models import Assignment, Entry, Round, Scorecard, Team, Track
from competition.vocabulary import JUDGEABLE_ENTRY_STATES, AssignmentState, ScorecardState


@dataclass(frozen=True)
class Load:
    """What one judge has to do in one round."""

    assigned: int = 0
    """Entries assigned and not recused."""
    submitted: int = 0
    recused: int = 0

    @property
    def open(self) -> int:
        return self.assigned - self.submitted


def panel_load(session: Session, *, competition_id: int) -> dict[tuple[int, int], Load]:
    """What every judge has to do, by judge id and round id; one statement."""
    recused = Assignment.state == AssignmentState.RECUSED
    submitted = and_(~recused, Scorecard.state == ScorecardState.SUBMITTED)
    rows = session.execute(
        select(
            Assignment.judge_id,
            Assignment.round_id,
            func.sum(case((recused, 0), else_=1)),
            func.sum(case((submitted, 1), else_=0)),
            func.sum(case((recused, 1), else_=0)),
        )
        .join(Round, Round.id == Assignment.round_id)
        .outerjoin(Scorecard, Scorecard.assignment_id == Assignment.id)
        .where(Round.competition_id == competition_id)
        .group_by(Assignment.judge_id, Assignment.round_id)
    )
    return {(judge, of): Load(int(a), int(s), int(r)) for judge, of, a, s, r in rows}


@dataclass(frozen=True)
class AssignmentRow:
    """One assignment with what pages need of its scorecard."""

    id: int
    entry_id: int
    judge_id: int
    state: AssignmentState
    is_locked: bool
    recusal_reason: str
    scorecard: ScorecardState | None

    @property
    def is_live(self) -> bool:
        """The judge has the entry, or has judged it."""
        return self.state is not AssignmentState.RECUSED

    @property
    def has_begun(self) -> bool:
        return self.scorecard is not None


def _assignment_rows(session: Session, condition: object) -> list[AssignmentRow]:
    rows = session.execute(
        select(
            Assignment.id,
            Assignment.entry_id,
            Assignment.judge_id,
            Assignment.state,
            Assignment.is_locked,
            Assignment.recusal_reason,
            Scorecard.state,
        )
        .outerjoin(Scorecard, Scorecard.assignment_id == Assignment.id)
        .where(condition)  # type: ignore[arg-type]
        .order_by(Assignment.entry_id, Assignment.judge_id)
    )
    return [AssignmentRow(*row) for row in rows]


def assignments_of_round(session: Session, *, round_id: int) -> list[AssignmentRow]:
    """Every assignment of a round, by entry and judge; one statement."""
    return _assignment_rows(session, Assignment.round_id == round_id)


def assignments_of_judge(session: Session, *, judge_id: int) -> list[AssignmentRow]:
    """Every assignment of a judge, in all rounds; one statement."""
    return _assignment_rows(session, Assignment.judge_id == judge_id)


def assigned_entries(session: Session, *, judge_id: int) -> Mapping[int, Entry]:
    """The entries a judge is assigned to, with round and track, by id; one statement."""
    found = session.scalars(
        select(Entry)
        .join(Assignment, Assignment.entry_id == Entry.id)
        .where(Assignment.judge_id == judge_id)
        .options(joinedload(Entry.round), joinedload(Entry.track))
    )
    return {entry.id: entry for entry in found}


def judgeable_entries(session: Session, *, round_id: int) -> Sequence[Entry]:
    """The entries of a round that are to be judged, by track and number; one statement."""
    return session.scalars(
        select(Entry)
        .join(Entry.track)
        .join(Entry.team)
        .where(Entry.round_id == round_id, Entry.state.in_(JUDGEABLE_ENTRY_STATES))
        .options(
            contains_eager(Entry.track),
            contains_eager(Entry.team).joinedload(Team.organization),
        )
        .order_by(Track.position, Entry.number)
    ).all()
