"""Judges are numbered, changed, seated and removed; links go no further than who makes them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from competition.errors import Conflict, Forbidden, Invalid, NotFound, WrongState
from competition.models import Assignment, AuditEntry, Competition, Judge, PanelMember, SignInLink
from competition.policies import ANONYMOUS, Actor
from competition.services import panels
from competition.services.panels import JudgeDetails
from competition.vocabulary import AssignmentState, OrganizationKind, Role, RoundState
from tests.support.builders import (
    actor_for,
    assign,
    grant,
    make_account,
    make_competition,
    make_entry,
    make_judge,
    make_organizer,
    make_round,
    make_rubric,
    make_team,
    seat,
)
from tests.support.races import race
from tests.support.scorecards import fill_scorecard

LIFETIME = timedelta(days=1)


def details(**fields: Any) -> JudgeDetails:
    values = {"name": "Lin Yue", "email": "lin@school.example", "kind": OrganizationKind.SCHOOL}
    return JudgeDetails(**{**values, **fields})


def organizer(session: Session, competition: Competition) -> Actor:
    return actor_for(session, make_organizer(session, competition))


def actions(session: Session) -> list[str]:
    return list(session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)))


def test_add_judge_gives_the_next_number_an_account_and_seats(
    session: Session, now: datetime
) -> None:
    competition = make_competition(session)
    of = make_round(session, competition)
    make_judge(session, competition, number=7)
    made = panels.add_judge(
        session,
        actor=organizer(session, competition),
        competition=competition,
        details=details(email="LIN@school.example", organization="School A"),
        rounds=[of],
        now=now,
    )
    assert (made.number, made.account.email) == (8, "lin@school.example")
    assert made.account.password_hash is None
    assert made.organization is not None
    assert str(made.organization.name) == "School A"
    assert [member.judge for member in session.scalars(select(PanelMember))] == [made]
    assert {"create_account", "add_judge", "seat"} <= set(actions(session))


def test_add_judge_with_the_address_of_a_judge_is_refused(session: Session, now: datetime) -> None:
    competition = make_competition(session)
    known = make_judge(session, competition)
    with pytest.raises(Invalid) as refusal:
        panels.add_judge(
            session,
            actor=organizer(session, competition),
            competition=competition,
            details=details(email=known.account.email),
            now=now,
        )
    assert [(p.code, p.field) for p in refusal.value.problems] == [("judge_exists", "email")]


def test_add_judge_by_somebody_else_is_refused(session: Session, now: datetime) -> None:
    competition = make_competition(session)
    stranger = actor_for(session, make_account(session))
    observer = make_account(session)
    grant(session, observer, competition, Role.OBSERVER)
    for actor, refusal in (
        (ANONYMOUS, NotFound),
        (stranger, NotFound),
        (actor_for(session, observer), Forbidden),
    ):
        with pytest.raises(refusal):
            panels.add_judge(
                session, actor=actor, competition=competition, details=details(), now=now
            )
    assert session.scalars(select(Judge)).all() == []


def test_add_judges_at_once_gives_every_one_a_number_of_its_own(
    app: Flask, session: Session, now: datetime
) -> None:
    competition = make_competition(session)
    actor, slug_id = organizer(session, competition), competition.id

    def adding(number: int) -> Any:
        def work(own: Session) -> int:
            return panels.add_judge(
                own,
                actor=actor,
                competition=own.get_one(Competition, slug_id),
                details=details(email=f"judge{number}@school.example"),
                now=now,
            ).number

        return work

    assert sorted(race(app, [adding(n) for n in range(8)])) == list(range(1, 9))


def test_change_judge_takes_away_what_became_a_conflict(session: Session, now: datetime) -> None:
    competition = make_competition(session)
    of = make_round(session, competition, state=RoundState.ASSIGNING)
    entry = make_entry(session, of, make_team(session, competition, school="School A"))
    judge = make_judge(session, competition)
    assign(session, entry, judge)
    panels.change_judge(
        session,
        actor=organizer(session, competition),
        judge=judge,
        details=details(
            name=judge.account.name, email=judge.account.email, organization="school a"
        ),
        now=now,
    )
    assert session.scalars(select(AuditEntry.action)).all()[-3:] == [
        "change_judge",
        "find_conflicts",
        "withdraw_assignment",
    ]
    assert session.scalars(select(Assignment)).all() == []


@pytest.mark.parametrize("why", ["password", "elsewhere", "operator"])
def test_change_judge_of_an_account_used_elsewhere_keeps_name_and_address(
    session: Session, now: datetime, why: str
) -> None:
    competition = make_competition(session)
    judge = make_judge(session, competition)
    account = judge.account
    if why == "password":
        account.password_hash = "x"
    elif why == "operator":
        account.is_operator = True
    else:
        make_judge(session, make_competition(session, "other"), account=account)
    for changed in ({"name": "Somebody"}, {"email": "else@school.example"}):
        with pytest.raises(Invalid) as refusal:
            panels.change_judge(
                session,
                actor=organizer(session, competition),
                judge=judge,
                details=details(**{"name": account.name, "email": account.email, **changed}),
                now=now,
            )
        assert [p.code for p in refusal.value.problems] == ["account_is_shared"]
        assert [p.field for p in refusal.value.problems] == list(changed)


def test_remove_judge_with_a_scorecard_is_refused(session: Session, now: datetime) -> None:
    competition = make_competition(session)
    of = make_round(session, competition, state=RoundState.JUDGING)
    rubric = make_rubric(session, of)
    entry = make_entry(session, of, make_team(session, competition))
    judge = make_judge(session, competition)
    fill_scorecard(session, assign(session, entry, judge), rubric, (7, 8))
    with pytest.raises(Conflict) as refusal:
        panels.remove_judge(session, actor=organizer(session, competition), judge=judge, now=now)
    assert (refusal.value.code, refusal.value.facts) == ("judge_has_scorecards", {"count": 1})


def test_unseat_with_entries_is_refused_until_they_are_gone(
    session: Session, now: datetime
) -> None:
    competition = make_competition(session)
    of = make_round(session, competition, state=RoundState.ASSIGNING)
    entry = make_entry(session, of, make_team(session, competition))
    judge = make_judge(session, competition)
    seat(session, of, judge)
    assignment = assign(session, entry, judge, AssignmentState.PROPOSED)
    actor = organizer(session, competition)
    with pytest.raises(Conflict, match="judge_has_entries"):
        panels.unseat(session, actor=actor, judge=judge, of=of, now=now)
    panels.unassign(session, actor=actor, assignment=assignment, now=now)
    panels.unseat(session, actor=actor, judge=judge, of=of, now=now)
    panels.unseat(session, actor=actor, judge=judge, of=of, now=now)
    assert session.scalars(select(PanelMember)).all() == []
    assert actions(session) == ["unassign", "unseat"]


def test_seat_in_a_round_whose_scores_are_locked_is_refused(
    session: Session, now: datetime
) -> None:
    competition = make_competition(session)
    of = make_round(session, competition, state=RoundState.LOCKED)
    with pytest.raises(WrongState, match="round_is_locked"):
        panels.seat(
            session,
            actor=organizer(session, competition),
            judge=make_judge(session, competition),
            of=of,
            now=now,
        )


@pytest.mark.parametrize("reach", ["operator", "elsewhere"])
def test_issue_link_that_would_open_more_than_the_competition_is_refused(
    session: Session, now: datetime, reach: str
) -> None:
    competition = make_competition(session)
    judge = make_judge(session, competition)
    if reach == "operator":
        judge.account.is_operator = True
    else:
        other = make_competition(session, "other")
        grant(session, judge.account, other, Role.ORGANIZER)
    actor = organizer(session, competition)
    with pytest.raises(Conflict, match="link_reaches_further"):
        panels.issue_judge_link(session, actor=actor, judge=judge, now=now, lifetime=LIFETIME)
    links = panels.issue_judge_links(
        session, actor=actor, competition=competition, now=now, lifetime=LIFETIME
    )
    assert [link.token for link in links] == [None]
    assert session.scalars(select(SignInLink)).all() == []


def test_issue_links_leaves_out_who_is_signed_in(session: Session, now: datetime) -> None:
    from competition.services import people

    competition = make_competition(session)
    inside, outside = make_judge(session, competition), make_judge(session, competition)
    people.open_session(
        session,
        actor=ANONYMOUS,
        account=inside.account,
        user_agent="",
        now=now,
        lifetime=LIFETIME,
    )
    links = panels.issue_judge_links(
        session,
        actor=organizer(session, competition),
        competition=competition,
        now=now,
        lifetime=LIFETIME,
    )
    assert [link.judge for link in links] == [outside]
    assert links[0].token is not None
    assert people.use_link(session, token=links[0].token, now=now) == outside.account
    assert "issue_link" in actions(session)
