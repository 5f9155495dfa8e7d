"""Freezing a rubric when the first scorecard begins."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from competition.errors import Conflict, WrongState
from competition.extensions import db
from competition.models import AuditEntry, LocalText, Round, Rubric
from competition.policies import SYSTEM
from competition.queries.rubrics import rubric_of
from competition.services.rubrics import freeze, write_rubric
from competition.vocabulary import Weighting
from tests.services.rubrics.test_writing import CODE, IDEA
from tests.support.builders import make_competition, make_round, make_rubric
from tests.support.races import race
from tests.support.statements import counted


def test_freeze_marks_the_rubric_and_leaves_one_entry(session: Session, now: datetime) -> None:
    rubric = make_rubric(session, make_round(session, make_competition(session)))
    freeze(session, actor=SYSTEM, rubric=rubric, now=now)
    freeze(session, actor=SYSTEM, rubric=rubric, now=now + timedelta(days=1))
    session.expire_all()
    assert rubric.frozen_at == now
    assert session.scalars(select(AuditEntry.action)).all() == ["freeze_rubric"]


def test_freeze_what_is_frozen_already_asks_the_database_nothing(
    session: Session, now: datetime
) -> None:
    rubric = make_rubric(session, make_round(session, make_competition(session)), frozen_at=now)
    with counted(db.engine) as sent:
        freeze(session, actor=SYSTEM, rubric=rubric, now=now)
    assert sent == []


def test_freeze_a_rubric_that_changed_after_it_was_read_is_a_conflict(
    app: Flask, session: Session, now: datetime
) -> None:
    item = make_round(session, make_competition(session))
    rubric = make_rubric(session, item)
    session.execute(
        Rubric.__table__.update().values(revision=rubric.revision + 1)  # type: ignore[attr-defined]
    )
    with pytest.raises(Conflict):
        freeze(session, actor=SYSTEM, rubric=rubric, now=now)


def test_freeze_twelve_times_at_once_succeeds_and_leaves_one_entry(
    app: Flask, session: Session, now: datetime
) -> None:
    key = make_rubric(session, make_round(session, make_competition(session))).round_id

    def begin_to_score(own: Session) -> datetime | None:
        rubric = rubric_of(own, key)
        assert rubric is not None
        freeze(own, actor=SYSTEM, rubric=rubric, now=now)
        return rubric.frozen_at

    assert race(app, [begin_to_score] * 12) == [now] * 12
    assert session.scalars(select(AuditEntry.action)).all() == ["freeze_rubric"]


def test_freeze_while_an_organizer_writes_lets_only_one_of_them_through(
    app: Flask, session: Session, now: datetime
) -> None:
    """Whoever comes second is refused: no score ever means what its rubric does not say."""
    rubric = make_rubric(session, make_round(session, make_competition(session)))
    key, revision = rubric.round_id, rubric.revision
    seen = LocalText(en="Criterion 1", zh="评分项 1")

    def begin_to_score(own: Session) -> str:
        found = rubric_of(own, key)
        assert found is not None
        if found.revision != revision:
            raise Conflict("changed_meanwhile")
        freeze(own, actor=SYSTEM, rubric=found, now=now)
        return "frozen"

    def change(own: Session) -> str:
        item = own.get_one(Round, key)
        write_rubric(
            own,
            actor=SYSTEM,
            round_=item,
            weighting=Weighting.PERCENT,
            rows=[IDEA, CODE],
            revision=revision,
            now=now,
        )
        return "changed"

    outcomes = race(app, [begin_to_score, change])
    words = [outcome for outcome in outcomes if isinstance(outcome, str)]
    refused = [item for item in outcomes if isinstance(item, Conflict | WrongState)]
    assert (len(words), len(refused)) == (1, 1)
    session.expire_all()
    after = rubric_of(session, key)
    assert after is not None
    assert (after.frozen_at is not None) == (words == ["frozen"])
    assert (after.criteria[0].name == seen) == (words == ["frozen"])
