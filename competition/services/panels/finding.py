"""Storing what looking for conflicts has found, and what teams say about people."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from competition.errors import Invalid
from competition.models import Competition, Conflict, Judge, Team, TeamDeclaration
from competition.policies import Actor, Permission, authorize
from competition.queries.names import LENGTH_MAX, name_key
from competition.queries.panels import Finding, found_conflicts
from competition.services.panels.conflicts import (
    checked_reason,
    hold_assignments,
    withdraw_conflicted,
)
from competition.services.record import audit
from competition.services.submissions.locking import hold
from competition.vocabulary import FOUND_SOURCES, ConflictStatus


def search_conflicts(
    session: Session, *, actor: Actor, competition: Competition, now: datetime
) -> int:
    """Look through all judges and teams; how many conflicts are new."""
    authorize(actor, Permission.DECIDE_CONFLICT, competition)
    return find_conflicts(session, actor=actor, competition_id=competition.id, now=now)


def find_conflicts(
    session: Session,
    *,
    actor: Actor,
    competition_id: int,
    judge_ids: Collection[int] | None = None,
    team_ids: Collection[int] | None = None,
    now: datetime,
) -> int:
    """Bring the record to what the facts show of these judges and teams, or of all.

    Whatever changes judges or teams calls this; the caller has authorized. New conflicts are
    stored as found and enforced at once. Undecided ones whose facts are gone go as well; decided
    ones stay, and a dismissed one is not found again. Returns how many are new.
    """
    session.flush()
    findings = found_conflicts(
        session, competition_id=competition_id, judge_ids=judge_ids, team_ids=team_ids
    )
    statement = select(Conflict).join(Judge).where(Judge.competition_id == competition_id)
    if judge_ids is not None:
        statement = statement.where(Conflict.judge_id.in_(judge_ids))
    if team_ids is not None:
        statement = statement.where(Conflict.team_id.in_(team_ids))
    stored = {(c.judge_id, c.team_id, c.source): c for c in session.scalars(statement)}
    seen = {(item.judge_id, item.team_id, item.source) for item in findings}
    gone = [
        conflict
        for key, conflict in stored.items()
        if conflict.status is ConflictStatus.FOUND
        and conflict.source in FOUND_SOURCES
        and key not in seen
    ]
    new = sorted(
        item for item in findings if (item.judge_id, item.team_id, item.source) not in stored
    )
    if new:
        hold_assignments(session, competition_id=competition_id)
    added = [item for item in new if _store(session, item, now)]
    for conflict in gone:
        session.delete(conflict)
    session.flush()
    if added or gone:
        _audit_search(session, actor, competition_id, added, gone, now)
    if added:
        withdraw_conflicted(session, actor=actor, judges=_judges(session, added), now=now)
    return len(added)


def _store(session: Session, item: Finding, now: datetime) -> bool:
    """Whether it is new: somebody else may have found the same at this moment."""
    try:
        with session.begin_nested():
            session.add(
                Conflict(
                    judge_id=item.judge_id,
                    team_id=item.team_id,
                    source=item.source,
                    status=ConflictStatus.FOUND,
                    reason=item.reason,
                    created_at=now,
                )
            )
    except IntegrityError:
        return False
    return True


def _judges(session: Session, added: Iterable[Finding]) -> Sequence[Judge]:
    ids = {item.judge_id for item in added}
    return session.scalars(select(Judge).where(Judge.id.in_(ids)).order_by(Judge.id)).all()


def _audit_search(
    session: Session,
    actor: Actor,
    competition_id: int,
    added: Iterable[Finding],
    gone: Iterable[Conflict],
    now: datetime,
) -> None:
    audit(
        session,
        actor=actor,
        action="find_conflicts",
        now=now,
        thing=("competition", competition_id),
        competition_id=competition_id,
        before={"gone": [[item.judge_id, item.team_id, item.source] for item in gone]},
        after={"found": [[item.judge_id, item.team_id, item.source] for item in added]},
    )


def declare_for_team(
    session: Session, *, actor: Actor, team: Team, name: str, reason: str, now: datetime
) -> None:
    """Keep a person away from the team's entries, should that person be or become a judge.

    The team does not learn whether somebody of that name judges. Invalid (fields `name`,
    `reason`) when one is missing or too long, or when the name was given before.
    """
    authorize(actor, Permission.DECLARE_CONFLICT, team)
    key, text = name_key(name), checked_reason(reason)
    if not key:
        raise Invalid.one("required", field="name")
    if len(name.strip()) > LENGTH_MAX:
        raise Invalid.one("too_long", field="name", limit=LENGTH_MAX)
    made = TeamDeclaration(team=team, name=name.strip(), key=key, reason=text, created_at=now)
    hold(session, team)
    try:
        with session.begin_nested():
            session.add(made)
    except IntegrityError:
        raise Invalid.one("declared_before", field="name") from None
    audit(
        session,
        actor=actor,
        action="declare_for_team",
        now=now,
        thing=made,
        name=team.name,
        competition_id=team.competition_id,
        after={"name": made.name, "reason": text},
    )
    find_conflicts(
        session, actor=actor, competition_id=team.competition_id, team_ids={team.id}, now=now
    )
