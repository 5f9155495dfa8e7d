"""Adding, changing and removing judges, and seating them on the panel of a round."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from competition.errors import Conflict, Invalid, WrongState
from competition.models import (
    Account,
    Assignment,
    Bid,
    Competition,
    Judge,
    Organization,
    PanelMember,
    PlannedPair,
    Round,
    Scorecard,
    Track,
)
from competition.models import Conflict as ConflictRow
from competition.policies import Actor, Permission, authorize
from competition.queries.people import competitions_of
from competition.services.organizations import find_or_create_organization
from competition.services.panels.conflicts import withdraw_conflicted
from competition.services.panels.finding import find_conflicts
from competition.services.people import (
    find_or_create_account,
    managed_by,
    normal_email,
    void_earlier_access,
)
from competition.services.record import audit
from competition.vocabulary import OrganizationKind, RoundState

CLOSED_STATES = frozenset({RoundState.LOCKED, RoundState.RESULTS})
"""Rounds whose panel and assignments stay as they are."""
FORMING_STATES = frozenset(
    {RoundState.SETUP, RoundState.RECEIVING, RoundState.SCREENING, RoundState.ASSIGNING}
)
"""Rounds whose panel is being put together: new judges are seated on it."""


@dataclass(frozen=True)
class JudgeDetails:
    """What is known of a judge; `organization` is a name, no track means all of them."""

    name: str
    email: str
    kind: OrganizationKind
    organization: str = ""
    phone: str = ""
    tracks: tuple[Track, ...] = ()
    expertise: str = ""
    max_entries: int | None = None


def describe(judge: Judge) -> dict[str, Any]:
    """The judge as the audit log keeps it."""
    return {
        "number": judge.number,
        "name": judge.account.name,
        "email": judge.account.email,
        "kind": judge.kind,
        "organization": judge.organization.name if judge.organization else None,
        "phone": judge.phone,
        "tracks": [str(track.name) for track in judge.tracks],
        "expertise": judge.expertise,
        "max_entries": judge.max_entries,
    }


def add_judge(
    session: Session,
    *,
    actor: Actor,
    competition: Competition,
    details: JudgeDetails,
    rounds: Iterable[Round] = (),
    now: datetime,
    looking: bool = True,
) -> Judge:
    """A new judge with the next number, seated on the panels of `rounds`.

    Without `looking` the caller looks for conflicts afterwards, for many judges at once.

    Makes an account without password when nobody has the address; an existing account keeps its
    name. Invalid (field `email`) when that person is a judge here already.
    """
    authorize(actor, Permission.MANAGE_PANEL, competition)
    _check(details)
    # the lock keeps two organizers from giving out one number
    session.execute(
        select(Competition.id).where(Competition.id == competition.id).with_for_update()
    )
    account = find_or_create_account(
        session, actor=actor, email=details.email, name=details.name, now=now
    )
    if _judge_of(session, competition, account) is not None:
        raise Invalid.one("judge_exists", field="email", email=account.email)
    void_earlier_access(session, account=account, now=now)
    last = session.scalar(
        select(func.max(Judge.number)).where(Judge.competition_id == competition.id)
    )
    judge = Judge(
        competition=competition,
        account=account,
        number=(last or 0) + 1,
        kind=details.kind,
        organization=_organization(session, actor, competition, details, now),
        phone=details.phone,
        expertise=details.expertise,
        max_entries=details.max_entries,
        tracks=list(details.tracks),
    )
    session.add(judge)
    audit(
        session,
        actor=actor,
        action="add_judge",
        now=now,
        thing=judge,
        name=account.name,
        competition_id=competition.id,
        after=describe(judge),
    )
    for of in rounds:
        seat(session, actor=actor, judge=judge, of=of, now=now)
    if looking:
        _look(session, actor, judge, now)
    return judge


def _look(session: Session, actor: Actor, judge: Judge, now: datetime) -> None:
    find_conflicts(
        session,
        actor=actor,
        competition_id=judge.competition_id,
        judge_ids={judge.id},
        now=now,
    )


def change_judge(
    session: Session,
    *,
    actor: Actor,
    judge: Judge,
    details: JudgeDetails,
    now: datetime,
    looking: bool = True,
) -> None:
    """Take over what `details` says; entries that became conflicted are taken from the judge.

    Without `looking` the caller looks for conflicts afterwards, for many judges at once.

    Name and address belong to the account: they change only where `may_rename`. Invalid (fields
    `name`, `email`) where not, or when the new address is somebody else's.
    """
    authorize(actor, Permission.MANAGE_PANEL, judge)
    _check(details)
    before = describe(judge)
    account, email = judge.account, normal_email(details.email)
    _rename(session, actor, account, details.name.strip() or account.name, email)
    judge.kind = details.kind
    judge.organization = _organization(session, actor, judge.competition, details, now)
    judge.phone = details.phone
    judge.expertise = details.expertise
    judge.max_entries = details.max_entries
    judge.tracks = list(details.tracks)
    after = describe(judge)
    if before != after:
        audit(
            session,
            actor=actor,
            action="change_judge",
            now=now,
            thing=judge,
            name=account.name,
            competition_id=judge.competition_id,
            before=before,
            after=after,
        )
    if looking:
        _look(session, actor, judge, now)
    withdraw_conflicted(session, actor=actor, judges=[judge], now=now)


def _rename(session: Session, actor: Actor, account: Account, name: str, email: str) -> None:
    fixed = [
        field
        for field, old, new in (("name", account.name, name), ("email", account.email, email))
        if old != new
    ]
    if not fixed:
        return
    if not may_rename(session, actor=actor, account=account):
        raise Invalid.one("account_is_shared", field=fixed[0], name=account.name)
    taken = select(Account.id).where(Account.email == email, Account.id != account.id)
    if session.scalar(taken) is not None:
        raise Invalid.one("email_taken", field="email", email=email)
    account.name, account.email = name, email


def may_rename(session: Session, *, actor: Actor, account: Account) -> bool:
    """Whether the account is known only here: nobody but this actor's competitions uses it.

    An account with a password belongs to its owner, and an operator's to the house.
    """
    if actor.is_operator and not account.is_operator:
        return account.password_hash is None
    if account.is_operator or account.password_hash is not None:
        return False
    return competitions_of(session, account.id) <= managed_by(actor)


def remove_judge(session: Session, *, actor: Actor, judge: Judge, now: datetime) -> None:
    """Take a judge off the list, with seats, conflicts, bids and entries not begun.

    Conflict when there is a scorecard: the judge is part of the result then.
    """
    authorize(actor, Permission.MANAGE_PANEL, judge)
    own = select(Assignment.id).where(Assignment.judge_id == judge.id)
    scorecards = session.scalar(
        select(func.count(Scorecard.id)).where(Scorecard.assignment_id.in_(own))
    )
    if scorecards:
        raise Conflict("judge_has_scorecards", count=scorecards)
    audit(
        session,
        actor=actor,
        action="remove_judge",
        now=now,
        thing=judge,
        name=judge.account.name,
        competition_id=judge.competition_id,
        before=describe(judge),
    )
    for table in (Assignment, Bid, ConflictRow, PanelMember, PlannedPair):
        session.execute(delete(table).where(table.judge_id == judge.id))
    session.delete(judge)
    session.flush()


def seat(session: Session, *, actor: Actor, judge: Judge, of: Round, now: datetime) -> None:
    """Let the judge sit on the panel of a round; doing it again changes nothing."""
    authorize(actor, Permission.MANAGE_PANEL, of)
    check_panel_open(of)
    if judge.competition_id != of.competition_id:
        raise Invalid.one("judge_elsewhere")
    if _member(session, judge, of) is not None:
        return
    member = PanelMember(round=of, judge=judge)
    session.add(member)
    _audit_seat(session, actor, "seat", member, judge, of, now)


def unseat(session: Session, *, actor: Actor, judge: Judge, of: Round, now: datetime) -> None:
    """Take the judge off the panel of a round; Conflict while entries are assigned there."""
    authorize(actor, Permission.MANAGE_PANEL, of)
    check_panel_open(of)
    member = _member(session, judge, of)
    if member is None:
        return
    assigned = session.scalar(
        select(func.count(Assignment.id)).where(
            Assignment.judge_id == judge.id, Assignment.round_id == of.id
        )
    )
    if assigned:
        raise Conflict("judge_has_entries", count=assigned)
    _audit_seat(session, actor, "unseat", member, judge, of, now)
    session.delete(member)
    session.flush()


def check_panel_open(of: Round) -> None:
    """WrongState once the scores of the round are locked."""
    if of.state in CLOSED_STATES:
        raise WrongState("round_is_locked", state=of.state)


def _audit_seat(
    session: Session,
    actor: Actor,
    action: str,
    member: PanelMember,
    judge: Judge,
    of: Round,
    now: datetime,
) -> None:
    audit(
        session,
        actor=actor,
        action=action,
        now=now,
        thing=member,
        name=judge.account.name,
        competition_id=of.competition_id,
        after={"round": of.position, "judge": judge.number},
    )


def _member(session: Session, judge: Judge, of: Round) -> PanelMember | None:
    return session.scalar(
        select(PanelMember).where(PanelMember.judge_id == judge.id, PanelMember.round_id == of.id)
    )


def _judge_of(session: Session, competition: Competition, account: Account) -> Judge | None:
    return session.scalar(
        select(Judge).where(Judge.competition_id == competition.id, Judge.account_id == account.id)
    )


def _organization(
    session: Session,
    actor: Actor,
    competition: Competition,
    details: JudgeDetails,
    now: datetime,
) -> Organization | None:
    if not details.organization.strip():
        return None
    return find_or_create_organization(
        session,
        actor=actor,
        competition=competition,
        name=details.organization,
        kind=details.kind,
        now=now,
    )


def _check(details: JudgeDetails) -> None:
    if details.max_entries is not None and details.max_entries < 1:
        raise Invalid.one("max_entries_positive", field="max_entries")
