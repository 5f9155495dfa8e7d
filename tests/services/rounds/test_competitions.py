"""Creating competitions and changing their settings."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from competition.errors import Conflict, Forbidden, Invalid, NotFound
from competition.models import AuditEntry, Competition, LocalText, Membership
from competition.policies import ANONYMOUS, SYSTEM
from competition.services.rounds import (
    CompetitionSettings,
    create_competition,
    update_competition,
)
from competition.vocabulary import CompetitionState, Role
from tests.support.builders import actor_for, make_account, make_competition, make_organizer
from tests.support.races import race

SETTINGS = CompetitionSettings(slug="aiac-2027", name=LocalText(en="AI Competition", zh="大赛"))


def problems(refusal: pytest.ExceptionInfo[Invalid]) -> list[tuple[str, str | None]]:
    return [(problem.code, problem.field) for problem in refusal.value.problems]


def test_create_competition_makes_a_draft_whose_creator_organizes_it(
    session: Session, now: datetime
) -> None:
    operator = make_account(session, is_operator=True)
    made = create_competition(
        session, actor=actor_for(session, operator), settings=SETTINGS, now=now
    )
    assert made.state is CompetitionState.DRAFT
    membership = session.scalars(select(Membership)).one()
    assert (membership.account_id, membership.role) == (operator.id, Role.ORGANIZER)
    acts = session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()
    assert acts == ["create_competition", "grant_role"]


def test_create_competition_by_an_organizer_of_another_is_refused(
    session: Session, now: datetime
) -> None:
    organizer = make_organizer(session, make_competition(session))
    for actor in (actor_for(session, organizer), ANONYMOUS):
        with pytest.raises(Forbidden):
            create_competition(session, actor=actor, settings=SETTINGS, now=now)


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"slug": "Big Letters"}, "slug_shape", "slug"),
        ({"slug": "two--hyphens"}, "slug_shape", "slug"),
        ({"slug": "a"}, "slug_shape", "slug"),
        ({"slug": "taken-2026"}, "slug_taken", "slug"),
        ({"name": LocalText()}, "required", "name_en"),
        ({"name": LocalText(zh="长" * 201)}, "too_long", "name_zh"),
        ({"zone": "Mars/Base"}, "zone_unknown", "zone"),
        ({"team_size_max": 0}, "not_between", "team_size_max"),
        ({"instructors_max": -1}, "not_between", "instructors_max"),
    ],
)
def test_create_competition_with_a_wrong_value_names_the_field(
    session: Session, now: datetime, changes: dict[str, Any], code: str, field: str
) -> None:
    make_competition(session, slug="taken-2026")
    with pytest.raises(Invalid) as refusal:
        create_competition(session, actor=SYSTEM, settings=replace(SETTINGS, **changes), now=now)
    assert problems(refusal) == [(code, field)]
    assert session.scalar(select(func.count(Competition.id))) == 1


def test_create_competition_with_a_registration_deadline_in_the_past_is_refused(
    session: Session, now: datetime
) -> None:
    with pytest.raises(Invalid) as refusal:
        create_competition(
            session, actor=SYSTEM, settings=replace(SETTINGS, registration_closes_at=now), now=now
        )
    assert problems(refusal) == [("deadline_past", "registration_closes_at")]


def test_create_competition_ten_times_at_once_lets_one_have_the_address(
    app: Flask, session: Session, now: datetime
) -> None:
    works = [
        lambda own: create_competition(own, actor=SYSTEM, settings=SETTINGS, now=now).slug
    ] * 10
    outcomes = race(app, works)
    assert outcomes.count("aiac-2027") == 1
    assert sum(isinstance(outcome, Invalid) for outcome in outcomes) == 9


def test_update_competition_records_only_what_changed(session: Session, now: datetime) -> None:
    made = create_competition(session, actor=SYSTEM, settings=SETTINGS, now=now)
    update_competition(
        session,
        actor=SYSTEM,
        competition=made,
        settings=replace(SETTINGS, team_size_max=3),
        revision=made.revision,
        now=now,
    )
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "update_competition"))
    found = entry.one()
    assert (found.before, found.after) == ({"team_size_max": 5}, {"team_size_max": 3})


def test_update_competition_without_a_change_leaves_no_entry(
    session: Session, now: datetime
) -> None:
    made = create_competition(session, actor=SYSTEM, settings=SETTINGS, now=now)
    update_competition(
        session, actor=SYSTEM, competition=made, settings=SETTINGS, revision=1, now=now
    )
    assert session.scalars(select(AuditEntry.action)).all() == ["create_competition"]


def test_update_competition_keeps_a_past_deadline_that_was_there_before(
    session: Session, now: datetime
) -> None:
    with_deadline = replace(SETTINGS, registration_closes_at=now + timedelta(hours=1))
    made = create_competition(session, actor=SYSTEM, settings=with_deadline, now=now)
    later = now + timedelta(days=1)
    update_competition(
        session,
        actor=SYSTEM,
        competition=made,
        settings=replace(with_deadline, team_size_max=4),
        revision=1,
        now=later,
    )
    assert made.team_size_max == 4
    with pytest.raises(Invalid) as refusal:
        update_competition(
            session,
            actor=SYSTEM,
            competition=made,
            settings=replace(with_deadline, registration_closes_at=now + timedelta(hours=2)),
            revision=made.revision,
            now=later,
        )
    assert problems(refusal) == [("deadline_past", "registration_closes_at")]


def test_update_competition_once_it_is_open_keeps_its_address(
    session: Session, now: datetime
) -> None:
    competition = make_competition(session, slug="aiac-2026", state=CompetitionState.OPEN)
    with pytest.raises(Invalid) as refusal:
        update_competition(
            session, actor=SYSTEM, competition=competition, settings=SETTINGS, revision=1, now=now
        )
    assert problems(refusal) == [("slug_fixed", "slug")]


def test_update_competition_from_an_older_revision_is_a_conflict(
    session: Session, now: datetime
) -> None:
    made = create_competition(session, actor=SYSTEM, settings=SETTINGS, now=now)
    with pytest.raises(Conflict):
        update_competition(
            session, actor=SYSTEM, competition=made, settings=SETTINGS, revision=7, now=now
        )


def test_update_competition_by_a_stranger_says_it_does_not_exist(
    session: Session, now: datetime
) -> None:
    competition = make_competition(session)
    stranger = actor_for(session, make_account(session))
    with pytest.raises(NotFound):
        update_competition(
            session, actor=stranger, competition=competition, settings=SETTINGS, revision=1, now=now
        )
