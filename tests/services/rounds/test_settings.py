"""Adding rounds, changing their settings, taking them away."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from competition.errors import Conflict, Invalid, NotFound, WrongState
from competition.models import AuditEntry, Competition, LocalText, Round, Rubric
from competition.policies import SYSTEM
from competition.services.rounds import RoundSettings, add_round, remove_round, update_round
from competition.services.rounds.settings import default_scoring
from competition.vocabulary import RoundState
from tests.support.builders import (
    actor_for,
    make_account,
    make_competition,
    make_entry,
    make_round,
    make_team,
)
from tests.support.races import race

SETTINGS = RoundSettings(name=LocalText(en="Final", zh="决赛"))
DAY = timedelta(days=1)


def test_add_round_takes_the_next_number_and_an_empty_rubric(
    session: Session, now: datetime
) -> None:
    competition = make_competition(session)
    make_round(session, competition)
    added = add_round(session, actor=SYSTEM, competition=competition, settings=SETTINGS, now=now)
    assert (added.position, added.state) == (2, RoundState.SETUP)
    assert competition.rounds[-1] is added
    rubric = session.scalars(select(Rubric).where(Rubric.round_id == added.id)).one()
    assert rubric.criteria == []
    assert session.scalars(select(AuditEntry.action)).all() == ["add_round"]


def test_add_round_six_times_at_once_gives_six_numbers(
    app: Flask, session: Session, now: datetime
) -> None:
    key = make_competition(session).id

    def add(own: Session) -> int:
        competition = own.get_one(Competition, key)
        return add_round(
            own, actor=SYSTEM, competition=competition, settings=SETTINGS, now=now
        ).position

    assert sorted(race(app, [add] * 6)) == [1, 2, 3, 4, 5, 6]


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"name": LocalText()}, "required", "name_en"),
        ({"judges_per_entry": 0}, "not_between", "judges_per_entry"),
        ({"judges_per_entry": 51}, "not_between", "judges_per_entry"),
        ({"spread_threshold": Decimal(0)}, "not_positive", "spread_threshold"),
        ({"spread_threshold": Decimal("0.00001")}, "too_many_places", "spread_threshold"),
        ({"spread_threshold": Decimal("1e9")}, "number_too_large", "spread_threshold"),
        ({"scoring": {"method": "magic"}}, "rule_unknown_value", "method"),
        ({"scoring": {"drop_high": -1}}, "rule_too_small", "drop_high"),
        (
            {"scoring": {"drop_high": 3, "drop_low": 3}},
            "rule_nothing_left_to_average",
            "drop_minimum",
        ),
        ({"scoring": {"round": {"total": 99}}}, "rule_out_of_range", "round_total"),
        (
            {"scoring": {"method": "bayes", "unit": "criterion"}},
            "rule_not_with_method",
            "unit",
        ),
    ],
)
def test_add_round_with_a_wrong_value_names_the_field(
    session: Session, now: datetime, changes: dict[str, Any], code: str, field: str
) -> None:
    competition = make_competition(session)
    with pytest.raises(Invalid) as refusal:
        add_round(
            session,
            actor=SYSTEM,
            competition=competition,
            settings=replace(SETTINGS, **changes),
            now=now,
        )
    found = [(problem.code, problem.field) for problem in refusal.value.problems]
    assert found == [(code, field)]
    assert session.scalar(select(func.count(Round.id))) == 0


def test_add_round_with_deadlines_out_of_order_names_the_later_one(
    session: Session, now: datetime
) -> None:
    with pytest.raises(Invalid) as refusal:
        add_round(
            session,
            actor=SYSTEM,
            competition=make_competition(session),
            settings=replace(
                SETTINGS,
                opens_at=now + 3 * DAY,
                submissions_close_at=now + 2 * DAY,
                judging_closes_at=now + DAY,
            ),
            now=now,
        )
    found = [(problem.code, problem.field) for problem in refusal.value.problems]
    assert found == [
        ("closes_before_opening", "submissions_close_at"),
        ("judging_before_entries", "judging_closes_at"),
    ]


def test_update_round_to_a_deadline_in_the_past_is_refused_unless_it_was_so(
    session: Session, now: datetime
) -> None:
    past = now - DAY
    item = make_round(session, make_competition(session), submissions_close_at=past)
    unchanged = replace(SETTINGS, submissions_close_at=past)
    update_round(session, actor=SYSTEM, round_=item, settings=unchanged, revision=1, now=now)
    assert item.name.zh == "决赛"
    with pytest.raises(Invalid) as refusal:
        update_round(
            session,
            actor=SYSTEM,
            round_=item,
            settings=replace(SETTINGS, submissions_close_at=past - DAY, judging_closes_at=past),
            revision=item.revision,
            now=now,
        )
    found = [(problem.code, problem.field) for problem in refusal.value.problems]
    assert found == [
        ("deadline_past", "submissions_close_at"),
        ("deadline_past", "judging_closes_at"),
    ]


def test_update_round_keeps_the_scoring_before_and_after(session: Session, now: datetime) -> None:
    competition = make_competition(session)
    item = add_round(session, actor=SYSTEM, competition=competition, settings=SETTINGS, now=now)
    scoring = {**default_scoring(), "method": "trimmed"}
    update_round(
        session,
        actor=SYSTEM,
        round_=item,
        settings=replace(SETTINGS, scoring=scoring),
        revision=1,
        now=now,
    )
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "update_round")).one()
    assert entry.before is not None
    assert entry.after is not None
    assert entry.before["scoring"]["method"] == "mean"
    assert entry.after["scoring"]["method"] == "trimmed"


def test_update_round_by_two_organizers_lets_the_first_win(
    app: Flask, session: Session, now: datetime
) -> None:
    key = make_round(session, make_competition(session)).id

    def rename(name: str) -> object:
        def work(own: Session) -> str:
            update_round(
                own,
                actor=SYSTEM,
                round_=own.get_one(Round, key),
                settings=replace(SETTINGS, name=LocalText(en=name)),
                revision=1,
                now=now,
            )
            return name

        return work

    outcomes = race(app, [rename("first"), rename("second")])  # type: ignore[list-item]
    refused = [outcome for outcome in outcomes if isinstance(outcome, Conflict)]
    assert len(refused) == 1
    session.expire_all()
    assert session.get_one(Round, key).name.en in outcomes


def test_update_round_by_a_stranger_says_it_does_not_exist(session: Session, now: datetime) -> None:
    item = make_round(session, make_competition(session))
    stranger = actor_for(session, make_account(session))
    with pytest.raises(NotFound):
        update_round(session, actor=stranger, round_=item, settings=SETTINGS, revision=1, now=now)


def test_remove_round_takes_its_rubric_along(session: Session, now: datetime) -> None:
    competition = make_competition(session)
    item = add_round(session, actor=SYSTEM, competition=competition, settings=SETTINGS, now=now)
    remove_round(session, actor=SYSTEM, round_=item, now=now)
    assert competition.rounds == []
    assert session.scalar(select(func.count(Rubric.id))) == 0
    acts = session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()
    assert acts == ["add_round", "remove_round"]


def test_remove_round_with_entries_or_under_way_is_refused(session: Session, now: datetime) -> None:
    competition = make_competition(session)
    used = make_round(session, competition, state=RoundState.SETUP)
    make_entry(session, used, make_team(session, competition))
    with pytest.raises(WrongState):
        remove_round(session, actor=SYSTEM, round_=used, now=now)
    running = make_round(session, make_competition(session, slug="b"))
    with pytest.raises(WrongState):
        remove_round(session, actor=SYSTEM, round_=running, now=now)
