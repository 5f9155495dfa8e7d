"""Conflicts: entered, found, decided, and enforced on what was assigned before they were known."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, joinedload

from competition.errors import Invalid
from competition.models import Assignment, Conflict, Entry, Judge, Round, Scorecard, Team
from competition.policies import Actor, Permission, authorize
from competition.queries.panels import ConflictReason, conflict_map
from competition.services.record import audit, snapshot
from competition.vocabulary import AssignmentState, ConflictSource, ConflictStatus, RoundState

REASON_LENGTH_MAX = 2000
CLOSED = (RoundState.LOCKED, RoundState.RESULTS)


def add_conflict(
    session: Session,
    *,
    actor: Actor,
    judge: Judge,
    team: Team,
    reason: str,
    source: ConflictSource = ConflictSource.ORGANIZER,
    now: datetime,
) -> Conflict:
    """Keep the judge away from the team, and take away entries of theirs already assigned.

    Invalid without a reason, or when the two are in this conflict already.
    """
    authorize(actor, Permission.MANAGE_PANEL, judge)
    authorize(actor, Permission.MANAGE_PANEL, team)
    if judge.competition_id != team.competition_id:
        raise Invalid.one("judge_elsewhere")
    hold_assignments(session, competition_id=judge.competition_id)
    conflict = record_conflict(
        session, actor=actor, judge=judge, team=team, reason=reason, source=source, now=now
    )
    withdraw_conflicted(session, actor=actor, judges=[judge], now=now)
    return conflict


def record_conflict(
    session: Session,
    *,
    actor: Actor,
    judge: Judge,
    team: Team,
    reason: str,
    source: ConflictSource,
    status: ConflictStatus = ConflictStatus.CONFIRMED,
    now: datetime,
) -> Conflict:
    """Store the fact, or take up again what was dismissed; the caller authorizes and enforces."""
    text = checked_reason(reason)
    known = session.scalar(
        select(Conflict).where(
            Conflict.judge_id == judge.id, Conflict.team_id == team.id, Conflict.source == source
        )
    )
    if known is not None and known.is_active:
        raise Invalid.one("conflict_known", field="team")
    before = snapshot(known) if known else None
    if known is not None:
        conflict = known
        conflict.status, conflict.reason = status, text
        conflict.decision_reason, conflict.decided_at, conflict.decided_by = "", None, None
    else:
        conflict = Conflict(
            judge=judge, team=team, source=source, status=status, reason=text, created_at=now
        )
    try:
        with session.begin_nested():
            session.add(conflict)
    except IntegrityError:
        raise Invalid.one("conflict_known", field="team") from None
    _audit(session, actor, "add_conflict", conflict, now, before=before)
    return conflict


def confirm_conflict(
    session: Session, *, actor: Actor, conflict: Conflict, now: datetime, reason: str = ""
) -> None:
    """Say that a found conflict is one, or that a dismissed one is one after all."""
    _decide(session, actor, conflict, ConflictStatus.CONFIRMED, reason.strip(), now)
    withdraw_conflicted(session, actor=actor, judges=[conflict.judge], now=now)


def confirm_found(
    session: Session, *, actor: Actor, conflicts: Iterable[Conflict], now: datetime
) -> int:
    """Confirm those of a competition's conflicts that are still open; how many they were."""
    open_ones = [item for item in conflicts if item.status is ConflictStatus.FOUND]
    for conflict in open_ones:
        _decide(session, actor, conflict, ConflictStatus.CONFIRMED, "", now)
    judges = list(dict.fromkeys(item.judge for item in open_ones))
    withdraw_conflicted(session, actor=actor, judges=judges, now=now)
    return len(open_ones)


def dismiss_conflict(
    session: Session, *, actor: Actor, conflict: Conflict, reason: str, now: datetime
) -> None:
    """Say with a reason that a conflict is none; it stays on record and is not found again."""
    authorize(actor, Permission.DECIDE_CONFLICT, conflict.judge)
    _decide(session, actor, conflict, ConflictStatus.DISMISSED, checked_reason(reason), now)


def _decide(
    session: Session,
    actor: Actor,
    conflict: Conflict,
    status: ConflictStatus,
    reason: str,
    now: datetime,
) -> None:
    authorize(actor, Permission.DECIDE_CONFLICT, conflict.judge)
    if len(reason) > REASON_LENGTH_MAX:
        raise Invalid.one("too_long", field="reason", limit=REASON_LENGTH_MAX)
    hold_assignments(session, competition_id=conflict.judge.competition_id)
    if conflict.status is status:
        return
    before = snapshot(conflict)
    conflict.status, conflict.decision_reason = status, reason
    conflict.decided_at, conflict.decided_by = now, actor.account_id
    action = "dismiss_conflict" if status is ConflictStatus.DISMISSED else "confirm_conflict"
    session.flush()
    _audit(session, actor, action, conflict, now, before=before)


def _audit(
    session: Session,
    actor: Actor,
    action: str,
    conflict: Conflict,
    now: datetime,
    before: dict[str, Any] | None,
) -> None:
    audit(
        session,
        actor=actor,
        action=action,
        now=now,
        thing=conflict,
        name=f"{conflict.judge.account.name} / {conflict.team.name}",
        competition_id=conflict.judge.competition_id,
        before=before,
        after=snapshot(conflict),
    )


def hold_assignments(session: Session, *, competition_id: int) -> None:
    """Keep others from assigning until this transaction ends: what they see must be complete."""
    session.execute(
        select(Round.id)
        .where(Round.competition_id == competition_id)
        .order_by(Round.id)
        .with_for_update()
    )


def checked_reason(reason: str) -> str:
    text = reason.strip()
    if not text:
        raise Invalid.one("reason_needed", field="reason")
    if len(text) > REASON_LENGTH_MAX:
        raise Invalid.one("too_long", field="reason", limit=REASON_LENGTH_MAX)
    return text


def withdraw_conflicted(
    session: Session, *, actor: Actor, judges: Sequence[Judge], now: datetime
) -> int:
    """Take away what these judges of a competition must no longer have; how many assignments.

    Without a scorecard the assignment goes. With one it is recused, so that the scorecard stays
    on record and counts no more; but not while the conflict is still to be decided: the judge
    sees the entry no more, and what is done waits for the decision. Rounds whose scores are
    locked are left alone.
    """
    if not judges:
        return 0
    [competition_id] = {judge.competition_id for judge in judges}
    theirs = Assignment.judge_id.in_([judge.id for judge in judges])
    return _withdraw_where(session, actor, competition_id, theirs, now)


def withdraw_conflicted_of(session: Session, *, actor: Actor, of: Round, now: datetime) -> int:
    """The same for everybody in one round."""
    return _withdraw_where(session, actor, of.competition_id, Assignment.round_id == of.id, now)


def _withdraw_where(
    session: Session,
    actor: Actor,
    competition_id: int,
    condition: ColumnElement[bool],
    now: datetime,
) -> int:
    known = conflict_map(session, competition_id=competition_id)
    decided = _decided(session, competition_id)
    found = session.execute(
        select(Assignment, Entry, Scorecard.id)
        .join(Entry, Entry.id == Assignment.entry_id)
        .join(Round, Round.id == Assignment.round_id)
        .outerjoin(Scorecard, Scorecard.assignment_id == Assignment.id)
        .where(condition, Assignment.state != AssignmentState.RECUSED, Round.state.not_in(CLOSED))
        .options(joinedload(Assignment.round))
        .order_by(Assignment.judge_id, Assignment.id)
    ).all()
    taken = 0
    for assignment, entry, scorecard_id in found:
        pair = (assignment.judge_id, entry.team_id)
        why = known.get(pair)
        is_begun = scorecard_id is not None
        if why is None or (is_begun and pair not in decided):
            continue
        withdraw(session, actor, assignment, entry, is_begun, why, now)
        taken += 1
    return taken


def _decided(session: Session, competition_id: int) -> set[tuple[int, int]]:
    """Judges and teams in a conflict that nobody has to decide any more."""
    rows = session.execute(
        select(Conflict.judge_id, Conflict.team_id)
        .join(Judge, Judge.id == Conflict.judge_id)
        .where(Judge.competition_id == competition_id, Conflict.status == ConflictStatus.CONFIRMED)
    )
    return {(judge_id, team_id) for judge_id, team_id in rows}


def withdraw(
    session: Session,
    actor: Actor,
    assignment: Assignment,
    entry: Entry,
    has_scorecard: bool,
    why: ConflictReason,
    now: datetime,
) -> None:
    """Undo one assignment because of a conflict."""
    before = snapshot(assignment)
    if has_scorecard:
        assignment.state = AssignmentState.RECUSED
        assignment.recusal_reason = why.value
        assignment.is_locked = False
    audit(
        session,
        actor=actor,
        action="withdraw_assignment",
        now=now,
        thing=assignment,
        name=entry.number,
        competition_id=assignment.round.competition_id,
        before=before,
        after={**snapshot(assignment), "because": why} if has_scorecard else {"because": why},
    )
    if not has_scorecard:
        session.delete(assignment)
    session.flush()
