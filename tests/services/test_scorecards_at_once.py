"""Scorecards under many hands: a round that locks, a double submit, many judges at once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from competition.errors import DomainError, WrongState
from competition.guards import transaction
from competition.models import AuditEntry, Rating, Round, Scorecard, ScorecardVersion
from competition.policies import Actor
from competition.services.scorecards import Filled, save_draft, submit_scorecard
from competition.vocabulary import RoundState
from tests.support.builders import NOW
from tests.support.judging import Judging, make_judging

THREADS = 20


@pytest.fixture
def judging(session: Session) -> Judging:
    return make_judging(session, entries=1, judges=1)


def at_once(app: Flask, acts: list[Callable[[Session], Any]]) -> list[Any]:
    """Run every act in a thread and a transaction of its own; an error is its answer."""
    answers: list[Any] = [None] * len(acts)
    ready = threading.Barrier(len(acts))

    def run(place: int) -> None:
        with app.test_request_context():
            ready.wait()
            try:
                with transaction() as session:
                    answers[place] = acts[place](session)
            except DomainError as error:
                answers[place] = error

    threads = [threading.Thread(target=run, args=(place,)) for place in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return answers


def saving(actor: Actor, assignment_id: int, ratings: Any, revision: int) -> Any:
    return lambda session: save_draft(
        session,
        actor=actor,
        assignment_id=assignment_id,
        filled=Filled(ratings),
        revision=revision,
        now=NOW,
    )


def submitting(actor: Actor, assignment_id: int) -> Any:
    return lambda session: submit_scorecard(
        session, actor=actor, assignment_id=assignment_id, revision=1, now=NOW
    )


def test_saving_the_same_form_many_times_at_once_stores_it_once(
    app: Flask, session: Session, judging: Judging
) -> None:
    actor, assignment_id = judging.actor(session), judging.assignment().id
    ratings = judging.ratings(8, 6)
    session.commit()
    answers = at_once(app, [saving(actor, assignment_id, ratings, 0)] * THREADS)
    assert {answer.revision for answer in answers} == {1}
    assert session.scalar(select(func.count(Scorecard.id))) == 1
    assert count_of(session, "save_draft") == 1


def test_saving_different_forms_at_once_lets_exactly_one_through(
    app: Flask, session: Session, judging: Judging
) -> None:
    actor, assignment_id = judging.actor(session), judging.assignment().id
    forms = [judging.ratings(1 + place % 10, 1 + place // 10) for place in range(THREADS)]
    session.commit()
    answers = at_once(app, [saving(actor, assignment_id, form, 0) for form in forms])
    won = [place for place, answer in enumerate(answers) if not isinstance(answer, DomainError)]
    assert len(won) == 1
    assert {answer.code for answer in answers if isinstance(answer, DomainError)} == {
        "changed_meanwhile"
    }
    kept = {r.criterion_id: r.value for r in session.scalars(select(Rating))}
    assert kept == forms[won[0]]


def test_submitting_many_times_at_once_keeps_one_version(
    app: Flask, session: Session, judging: Judging
) -> None:
    actor, assignment_id = judging.actor(session), judging.assignment().id
    saving(actor, assignment_id, judging.ratings(8, 6), 0)(session)
    session.commit()
    answers = at_once(app, [submitting(actor, assignment_id)] * THREADS)
    assert {answer.revision for answer in answers} == {2}
    assert session.scalar(select(func.count(ScorecardVersion.id))) == 1
    assert count_of(session, "submit_scorecard") == 1


def test_submitting_while_the_round_is_locked_never_lands_after_the_lock(
    app: Flask, session: Session
) -> None:
    judging = make_judging(session, entries=1, judges=8)
    acts: list[Callable[[Session], Any]] = []
    for place, _judge in enumerate(judging.judges):
        actor, assignment_id = judging.actor(session, place), judging.assignment(place).id
        saving(actor, assignment_id, judging.ratings(8, 6), 0)(session)
        acts.append(submitting(actor, assignment_id))
    round_id = judging.round.id
    session.commit()

    def lock(other: Session) -> int:
        of = other.scalars(select(Round).where(Round.id == round_id).with_for_update()).one()
        of.state = RoundState.LOCKED
        return other.scalar(select(func.count(ScorecardVersion.id))) or 0

    *answers, in_time = at_once(app, [*acts, lock])
    refused = [answer for answer in answers if isinstance(answer, DomainError)]
    assert all(isinstance(error, WrongState) for error in refused)
    assert session.scalar(select(func.count(ScorecardVersion.id))) == in_time
    assert len(answers) - len(refused) == in_time


def count_of(session: Session, action: str) -> int:
    statement = select(func.count(AuditEntry.id)).where(AuditEntry.action == action)
    return session.scalar(statement) or 0
