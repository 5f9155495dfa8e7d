"""Publishing makes exactly one run of a round public, computed from what is locked."""

from __future__ import annotations

from decimal import Decimal
from functools import partial

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from competition.errors import Conflict, Forbidden, Invalid, WrongState
from competition.models import AuditEntry, Publication, Rating, Round, Rubric, ScoreRun
from competition.policies import SYSTEM
from competition.services.results import compute, publish, withdraw
from competition.vocabulary import Method, Role, RoundState
from tests.support.builders import NOW, actor_for, grant, make_account
from tests.support.judged import Judged, make_judged_round
from tests.support.races import race


@pytest.fixture
def made(session: Session) -> Judged:
    return make_judged_round(session, entries=3)


@pytest.fixture
def run(session: Session, made: Judged) -> ScoreRun:
    return compute(session, actor=SYSTEM, of=made.round, now=NOW)


def publish_first(session: Session, run: ScoreRun) -> Publication:
    return publish(session, actor=SYSTEM, run=run, instead_of=None, now=NOW)


def actions(session: Session) -> list[str]:
    return list(session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)))


def test_publishing_a_run_makes_it_public_and_moves_the_round_on(
    session: Session, made: Judged, run: ScoreRun
) -> None:
    publication = publish_first(session, run)
    assert (publication.run_id, publication.withdrawn_at) == (run.id, None)
    assert made.round.state is RoundState.RESULTS
    assert actions(session) == ["compute_results", "publish_results", "move_round"]


def test_publishing_another_run_withdraws_the_former_in_the_same_transaction(
    session: Session, made: Judged, run: ScoreRun
) -> None:
    former = publish_first(session, run)
    other = compute(session, actor=SYSTEM, of=made.round, now=NOW, method=Method.MEAN)
    publication = publish(session, actor=SYSTEM, run=other, instead_of=former.id, now=NOW)
    live = session.scalars(select(Publication).where(Publication.withdrawn_at.is_(None))).all()
    assert [item.id for item in live] == [publication.id]
    assert former.withdrawal_reason == "replaced by run 2"
    assert actions(session)[-2:] == ["withdraw_results", "publish_results"]
    assert made.round.state is RoundState.RESULTS


@pytest.mark.parametrize("state", [RoundState.JUDGING, RoundState.ASSIGNING])
def test_publishing_before_scorecards_are_locked_is_refused(
    session: Session, made: Judged, run: ScoreRun, state: RoundState
) -> None:
    made.round.state = state
    session.flush()
    with pytest.raises(WrongState, match="round_not_locked"):
        publish_first(session, run)


def test_publishing_the_public_run_again_changes_nothing(session: Session, run: ScoreRun) -> None:
    publish_first(session, run)
    before = actions(session)
    with pytest.raises(Conflict, match="published_already"):
        publish_first(session, run)
    assert actions(session) == before


def test_publishing_is_refused_when_a_rating_has_changed_since(
    session: Session, run: ScoreRun
) -> None:
    rating = session.scalars(select(Rating).limit(1)).one()
    rating.value = Decimal(1) if rating.value != 1 else Decimal(2)
    session.flush()
    with pytest.raises(Conflict, match="inputs_changed"):
        publish_first(session, run)


def test_publishing_is_refused_when_the_rules_have_changed_since(
    session: Session, made: Judged, run: ScoreRun
) -> None:
    made.round.scoring = {**made.round.scoring, "round": {"total": 1}}
    session.flush()
    with pytest.raises(Conflict, match="rules_changed"):
        publish_first(session, run)


def test_publishing_is_refused_when_the_weights_have_changed_since(
    session: Session, made: Judged, run: ScoreRun
) -> None:
    rubric = session.scalars(select(Rubric).where(Rubric.round_id == made.round.id)).one()
    rubric.criteria[0].weight, rubric.criteria[1].weight = Decimal(50), Decimal(50)
    session.flush()
    with pytest.raises(Conflict, match="rules_changed"):
        publish_first(session, run)


def test_publishing_is_for_organizers_only(session: Session, made: Judged, run: ScoreRun) -> None:
    member = make_account(session, "Member Wu")
    grant(session, member, made.competition, Role.COMMITTEE)
    with pytest.raises(Forbidden):
        publish(session, actor=actor_for(session, member), run=run, instead_of=None, now=NOW)


def test_withdrawing_keeps_the_publication_with_its_reason_and_unlocks_nothing_else(
    session: Session, made: Judged, run: ScoreRun
) -> None:
    publication = publish_first(session, run)
    withdraw(session, actor=SYSTEM, publication=publication, reason=" a mistake ", now=NOW)
    assert (publication.withdrawn_at, publication.withdrawal_reason) == (NOW, "a mistake")
    assert made.round.state is RoundState.LOCKED
    assert actions(session)[-2:] == ["withdraw_results", "move_round"]
    with pytest.raises(Conflict, match="withdrawn_already"):
        withdraw(session, actor=SYSTEM, publication=publication, reason="again", now=NOW)


@pytest.mark.parametrize("reason", ["", "  \n"])
def test_withdrawing_without_a_reason_is_refused(
    session: Session, run: ScoreRun, reason: str
) -> None:
    publication = publish_first(session, run)
    with pytest.raises(Invalid) as refusal:
        withdraw(session, actor=SYSTEM, publication=publication, reason=reason, now=NOW)
    assert [item.code for item in refusal.value.problems] == ["withdrawal_reason_missing"]
    assert publication.withdrawn_at is None


def test_publishing_at_once_lets_one_organizer_win_and_tells_the_others(
    app: Flask, session: Session, made: Judged, run: ScoreRun
) -> None:
    other = compute(session, actor=SYSTEM, of=made.round, now=NOW, method=Method.MEAN)
    ids = [run.id, other.id] * 4

    def publishing(run_id: int, session: Session) -> int:
        chosen = session.get_one(ScoreRun, run_id)
        return publish(session, actor=SYSTEM, run=chosen, instead_of=None, now=NOW).run_id

    outcomes = race(app, [partial(publishing, run_id) for run_id in ids])
    winners = [outcome for outcome in outcomes if isinstance(outcome, int)]
    told = {outcome.code for outcome in outcomes if isinstance(outcome, Conflict)}
    assert len(winners) == 1
    assert len(outcomes) - len(winners) == 7
    assert told == {"published_already", "published_meanwhile"}
    session.expire_all()
    live = session.scalars(select(Publication).where(Publication.withdrawn_at.is_(None))).all()
    assert [item.run_id for item in live] == winners
    assert session.get_one(Round, made.round.id).state is RoundState.RESULTS


def test_computing_at_once_numbers_runs_without_gap_or_repetition(
    app: Flask, session: Session, made: Judged
) -> None:
    round_id = made.round.id

    def computing(method: Method, session: Session) -> int:
        of = session.get_one(Round, round_id)
        return compute(session, actor=SYSTEM, of=of, now=NOW, method=method).number

    methods = [Method.MEAN, Method.TRIMMED, Method.ZSCORE, Method.ADDITIVE]
    works = [partial(computing, method) for method in methods * 2]
    assert sorted(race(app, works)) == [1, 1, 2, 2, 3, 3, 4, 4]
