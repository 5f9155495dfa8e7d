"""Who judges what: changed by hand, told to the judges, and stepped back from."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from competition.errors import Conflict, WrongState
from competition.models import Assignment, Entry, Judge, Round, Scorecard
from competition.policies import Actor, Permission, authorize
from competition.queries.panels import Board, Obstacle, assignment_board, conflict_between
from competition.services.panels.conflicts import (
    checked_reason,
    hold_assignments,
    record_conflict,
    withdraw_conflicted_of,
)
from competition.services.record import audit, snapshot
from competition.vocabulary import (
    JUDGEABLE_ENTRY_STATES,
    AssignmentState,
    ConflictSource,
    RoundState,
)

OPEN_STATES = frozenset({RoundState.ASSIGNING, RoundState.JUDGING})


def check_assigning(session: Session, of: Round) -> None:
    """Hold the round, and refuse unless it is in a state in which assignments change."""
    state = session.scalar(select(Round.state).where(Round.id == of.id).with_for_update())
    if state not in OPEN_STATES:
        raise WrongState("not_assigning", state=state)


def named_pairs(board: Board, pairs: set[tuple[int, int]]) -> list[list[Any]]:
    """Pairs as entry number and judge number, for the audit log."""
    numbers = {entry.id: entry.number for entry in board.entries}
    judges = {judge.id: judge.number for judge in board.judges}
    return sorted([numbers[entry], judges[judge]] for entry, judge in pairs)


def assign(
    session: Session, *, actor: Actor, entry: Entry, judge: Judge, now: datetime
) -> Assignment:
    """Give an entry to a judge by hand, and lock the pair.

    The judge's tracks do not bind the organizer, conflicts and limits do. Conflict (codes
    `conflict_*`, `already_assigned`, `judge_full`, `judge_recused`, `not_on_panel`,
    `entry_not_judged`) says what stands in the way.
    """
    authorize(actor, Permission.MANAGE_PANEL, entry)
    check_assigning(session, entry.round)
    board = assignment_board(session, of=entry.round)
    refuse_obstacle(board, entry, judge)
    assignment = Assignment(
        round=entry.round, entry=entry, judge=judge, is_locked=True, created_at=now
    )
    session.add(assignment)
    _audit(session, actor, "assign", assignment, now, after=snapshot)
    return assignment


def refuse_obstacle(board: Board, entry: Entry, judge: Judge) -> None:
    """Raise Conflict if the organizer may not assign this pair by hand."""
    name = judge.account.name
    if entry.state not in JUDGEABLE_ENTRY_STATES:
        raise Conflict("entry_not_judged", entry=entry.number)
    if judge.id not in board.seated:
        raise Conflict("not_on_panel", judge=name)
    row = board.at.get((entry.id, judge.id))
    if row is not None and row.is_live:
        raise Conflict("already_assigned", judge=name, entry=entry.number)
    why = board.obstacle(entry, judge)
    if why is not None and why.is_conflict:
        raise Conflict(f"conflict_{why.value}", judge=name, entry=entry.number)
    if why is Obstacle.RECUSED:
        raise Conflict("judge_recused", judge=name, entry=entry.number)
    if board.is_full(judge):
        raise Conflict("judge_full", judge=name, limit=board.limit(judge))


def unassign(session: Session, *, actor: Actor, assignment: Assignment, now: datetime) -> None:
    """Take an entry from a judge who has not begun; Conflict once there is a scorecard."""
    authorize(actor, Permission.MANAGE_PANEL, assignment.round)
    check_assigning(session, assignment.round)
    _refuse_begun(session, assignment)
    _audit(session, actor, "unassign", assignment, now, before=snapshot)
    session.delete(assignment)
    session.flush()


def _refuse_begun(session: Session, assignment: Assignment) -> None:
    begun = select(Scorecard.id).where(Scorecard.assignment_id == assignment.id)
    if session.scalar(begun) is not None:
        raise Conflict("assignment_begun", judge=assignment.judge.account.name)
    if assignment.state is AssignmentState.RECUSED:
        raise Conflict("recusal_stays", judge=assignment.judge.account.name)


def lock(session: Session, *, actor: Actor, assignment: Assignment, now: datetime) -> None:
    """Keep the pair whatever is proposed later."""
    _set_lock(session, actor, assignment, True, now)


def unlock(session: Session, *, actor: Actor, assignment: Assignment, now: datetime) -> None:
    """Let the next proposal decide about the pair again."""
    _set_lock(session, actor, assignment, False, now)


def _set_lock(
    session: Session, actor: Actor, assignment: Assignment, locked: bool, now: datetime
) -> None:
    authorize(actor, Permission.MANAGE_PANEL, assignment.round)
    check_assigning(session, assignment.round)
    if assignment.is_locked is locked:
        return
    before = snapshot(assignment)
    assignment.is_locked = locked
    _audit(
        session,
        actor,
        "lock_assignment" if locked else "unlock_assignment",
        assignment,
        now,
        before=lambda _assignment: before,
        after=snapshot,
    )


def confirm_assignments(session: Session, *, actor: Actor, of: Round, now: datetime) -> int:
    """Tell the judges of what was assigned by hand or by file; how many pairs that were.

    Pairs that became conflicts meanwhile are taken away first.
    """
    authorize(actor, Permission.MANAGE_PANEL, of)
    check_assigning(session, of)
    withdraw_conflicted_of(session, actor=actor, of=of, now=now)
    proposed = session.scalars(
        select(Assignment.id).where(
            Assignment.round_id == of.id, Assignment.state == AssignmentState.PROPOSED
        )
    ).all()
    if not proposed:
        return 0
    session.execute(
        update(Assignment)
        .where(Assignment.id.in_(proposed))
        .values(state=AssignmentState.CONFIRMED)
        .execution_options(synchronize_session="fetch")
    )
    audit(
        session,
        actor=actor,
        action="confirm_assignments",
        now=now,
        thing=of,
        name=str(of.name),
        competition_id=of.competition_id,
        after={"assignments": list(proposed)},
    )
    return len(proposed)


def recuse(
    session: Session, *, actor: Actor, assignment: Assignment, reason: str, now: datetime
) -> None:
    """Let the judge step back from an entry for a reason, and keep both apart from now on.

    A draft scorecard stays on record and counts no more. Invalid (field `reason`) without a
    reason; Conflict once the scorecard is submitted, until an organizer returns it.
    """
    authorize(actor, Permission.RECUSE, assignment)
    hold_assignments(session, competition_id=assignment.round.competition_id)
    check_assigning(session, assignment.round)
    text = checked_reason(reason)
    if assignment.state is AssignmentState.DONE:
        raise Conflict("scorecard_is_in")
    before = snapshot(assignment)
    assignment.state = AssignmentState.RECUSED
    assignment.recusal_reason = text
    assignment.is_locked = False
    _audit(
        session,
        actor,
        "recuse",
        assignment,
        now,
        before=lambda _assignment: before,
        after=snapshot,
    )
    judge, team = assignment.judge, assignment.entry.team
    if conflict_between(session, judge_id=judge.id, team_id=team.id) is None:
        record_conflict(
            session,
            actor=actor,
            judge=judge,
            team=team,
            reason=text,
            source=ConflictSource.JUDGE,
            now=now,
        )


def _audit(
    session: Session,
    actor: Actor,
    action: str,
    assignment: Assignment,
    now: datetime,
    *,
    before: Any = None,
    after: Any = None,
) -> None:
    session.flush()
    audit(
        session,
        actor=actor,
        action=action,
        now=now,
        thing=assignment,
        name=f"{assignment.entry.number} / {assignment.judge.number:02}",
        competition_id=assignment.round.competition_id,
        before=before(assignment) if before else None,
        after=after(assignment) if after else None,
    )
