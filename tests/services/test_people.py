"""Links, sessions, passwords and roles."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from competition.errors import Conflict, Forbidden, Invalid, NotFound
from competition.models import AccountSession, AuditEntry, Membership, SignInLink
from competition.policies import SYSTEM
from competition.queries.people import account_session, actor_of, sign_in_link
from competition.services import people
from competition.vocabulary import Role
from tests.support.builders import (
    actor_for,
    grant,
    make_account,
    make_competition,
    make_judge,
    make_organizer,
    make_team,
)

FORTNIGHT = timedelta(days=14)


def test_use_link_exchanged_a_second_time_is_refused(session: Session, now: datetime) -> None:
    account = make_account(session)
    token = people.issue_link(session, actor=SYSTEM, account=account, now=now, lifetime=FORTNIGHT)
    assert people.use_link(session, token=token, now=now) is account
    with pytest.raises(NotFound):
        people.use_link(session, token=token, now=now)


def test_use_link_after_its_lifetime_is_refused(session: Session, now: datetime) -> None:
    token = people.issue_link(
        session, actor=SYSTEM, account=make_account(session), now=now, lifetime=FORTNIGHT
    )
    assert sign_in_link(session, token=token, now=now + FORTNIGHT) is None
    with pytest.raises(NotFound):
        people.use_link(session, token=token, now=now + FORTNIGHT)


def test_issue_link_stores_no_token(session: Session, now: datetime) -> None:
    token = people.issue_link(
        session, actor=SYSTEM, account=make_account(session), now=now, lifetime=FORTNIGHT
    )
    stored = session.scalars(select(SignInLink)).one()
    assert token not in (stored.token_hash, str(stored.__dict__))


def test_use_link_of_a_disabled_account_is_refused(session: Session, now: datetime) -> None:
    account = make_account(session, disabled_at=now)
    token = people.issue_link(session, actor=SYSTEM, account=account, now=now, lifetime=FORTNIGHT)
    with pytest.raises(NotFound):
        people.use_link(session, token=token, now=now)


def test_end_session_of_somebody_else_is_not_found(session: Session, now: datetime) -> None:
    owner, stranger = make_account(session), make_account(session)
    token = people.open_session(
        session, actor=SYSTEM, account=owner, user_agent="phone", now=now, lifetime=FORTNIGHT
    )
    found = session.scalars(select(AccountSession)).one()
    with pytest.raises(NotFound):
        people.end_session(
            session, actor=actor_for(session, stranger), session_id=found.id, now=now
        )
    live = account_session(session, token=token, now=now)
    assert live is not None
    assert (live.id, live.account_id) == (found.id, owner.id)


def test_end_session_of_ones_own_ends_it_and_is_audited(session: Session, now: datetime) -> None:
    owner = make_account(session)
    token = people.open_session(
        session, actor=SYSTEM, account=owner, user_agent="phone", now=now, lifetime=FORTNIGHT
    )
    found = session.scalars(select(AccountSession)).one()
    people.end_session(session, actor=actor_for(session, owner), session_id=found.id, now=now)
    assert account_session(session, token=token, now=now) is None
    actions = session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()
    assert actions == ["sign_in", "sign_out"]


def test_account_session_after_its_end_is_gone(session: Session, now: datetime) -> None:
    token = people.open_session(
        session,
        actor=SYSTEM,
        account=make_account(session),
        user_agent="",
        now=now,
        lifetime=timedelta(hours=1),
    )
    assert account_session(session, token=token, now=now + timedelta(minutes=59)) is not None
    assert account_session(session, token=token, now=now + timedelta(hours=1)) is None


def test_wait_before_attempt_after_many_failures_grows(session: Session, now: datetime) -> None:
    def wait() -> timedelta | None:
        return people.wait_before_attempt(session, email="A@b.example", address="10.0.0.1", now=now)

    waits = []
    for _ in range(8):
        waits.append(wait())
        people.note_failed_attempt(
            session, actor=SYSTEM, email="a@B.example", address="10.0.0.1", now=now
        )
    assert waits[:5] == [None] * 5
    assert waits[5:] == [timedelta(seconds=2), timedelta(seconds=4), timedelta(seconds=8)]
    elsewhere = people.wait_before_attempt(
        session, email="other@b.example", address="10.0.0.2", now=now
    )
    assert elsewhere is None


def test_create_account_with_a_taken_address_is_refused(session: Session, now: datetime) -> None:
    make_account(session, email="li@school.example")
    with pytest.raises(Invalid) as refusal:
        people.create_account(
            session,
            actor=SYSTEM,
            email=" Li@School.example",
            name="Li",
            password_hash=None,
            is_operator=False,
            now=now,
        )
    assert [problem.field for problem in refusal.value.problems] == ["email"]


def test_grant_role_twice_keeps_one(session: Session, now: datetime) -> None:
    competition = make_competition(session)
    organizer = actor_for(session, make_organizer(session, competition))
    guest = make_account(session)
    for _ in range(2):
        people.grant_role(
            session,
            actor=organizer,
            competition=competition,
            account=guest,
            role=Role.OBSERVER,
            now=now,
        )
    held = session.scalars(select(Membership).where(Membership.account_id == guest.id)).all()
    assert [item.role for item in held] == [Role.OBSERVER]


def test_grant_role_by_an_observer_is_forbidden(session: Session, now: datetime) -> None:
    competition = make_competition(session)
    observer = make_account(session)
    grant(session, observer, competition, Role.OBSERVER)
    with pytest.raises(Forbidden):
        people.grant_role(
            session,
            actor=actor_for(session, observer),
            competition=competition,
            account=observer,
            role=Role.ORGANIZER,
            now=now,
        )


def test_grant_role_that_is_not_invited_is_refused(session: Session, now: datetime) -> None:
    competition = make_competition(session)
    organizer = actor_for(session, make_organizer(session, competition))
    with pytest.raises(Invalid):
        people.grant_role(
            session,
            actor=organizer,
            competition=competition,
            account=make_account(session),
            role=Role.JUDGE,
            now=now,
        )


def test_withdraw_role_of_the_last_organizer_is_refused(session: Session, now: datetime) -> None:
    competition = make_competition(session)
    account = make_organizer(session, competition)
    membership = session.scalars(select(Membership)).one()
    with pytest.raises(Conflict):
        people.withdraw_role(
            session,
            actor=actor_for(session, account),
            competition=competition,
            membership_id=membership.id,
            now=now,
        )


def test_actor_of_an_account_with_many_parts_knows_all(session: Session) -> None:
    competition = make_competition(session)
    account = make_account(session)
    grant(session, account, competition, Role.COMMITTEE)
    judge = make_judge(session, competition, account=account)
    team = make_team(session, competition, captain=account)
    actor = actor_of(session, account)
    assert actor.roles == {
        (competition.id, Role.COMMITTEE),
        (competition.id, Role.JUDGE),
        (competition.id, Role.TEAM),
    }
    assert actor.judge_ids == {judge.id}
    assert actor.team_ids == {team.id}


def test_invite_of_somebody_beyond_ones_competitions_is_refused(
    session: Session, now: datetime
) -> None:
    competition, elsewhere = make_competition(session), make_competition(session, "other")
    organizer = actor_for(session, make_organizer(session, competition))
    operator, stranger = make_account(session, is_operator=True), make_account(session)
    grant(session, operator, competition, Role.COMMITTEE)
    grant(session, stranger, competition, Role.COMMITTEE)
    grant(session, stranger, elsewhere, Role.OBSERVER)
    for account in (operator, stranger):
        with pytest.raises(Conflict, match="link_reaches_further"):
            people.invite(session, actor=organizer, account=account, now=now, lifetime=FORTNIGHT)
    assert session.scalars(select(SignInLink)).all() == []


def test_grant_role_voids_what_was_handed_out_before(session: Session, now: datetime) -> None:
    competition = make_competition(session)
    organizer = actor_for(session, make_organizer(session, competition))
    member = make_account(session)
    link = people.issue_link(session, actor=SYSTEM, account=member, now=now, lifetime=FORTNIGHT)
    token = people.open_session(
        session, actor=SYSTEM, account=member, user_agent="", now=now, lifetime=FORTNIGHT
    )
    people.grant_role(
        session,
        actor=organizer,
        competition=competition,
        account=member,
        role=Role.COMMITTEE,
        now=now,
    )
    session.expire_all()
    assert sign_in_link(session, token=link, now=now) is None
    assert account_session(session, token=token, now=now) is None
