"""Every transition of rounds and competitions, and the conditions of each."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from competition.errors import Forbidden, Invalid, WrongState
from competition.models import AuditEntry, Publication, Round, ScoreRun
from competition.policies import SYSTEM, Actor
from competition.services.rounds import move_competition, move_round
from competition.vocabulary import (
    COMPETITION_TRANSITIONS,
    ROUND_TRANSITIONS,
    AssignmentState,
    CompetitionState,
    EntryState,
    Role,
    RoundState,
    ScorecardState,
)
from tests.support.builders import (
    actor_for,
    assign,
    grant,
    make_account,
    make_competition,
    make_entry,
    make_judge,
    make_round,
    make_rubric,
    make_team,
)
from tests.support.scorecards import fill_scorecard

R, C, E = RoundState, CompetitionState, EntryState
DAY = timedelta(days=1)


def move(
    session: Session, item: Round, target: RoundState, now: datetime, *, is_sure: bool = False
) -> None:
    move_round(session, actor=SYSTEM, round_=item, target=target, is_sure=is_sure, now=now)


def refusals(
    session: Session, item: Round, target: RoundState, now: datetime, *, is_sure: bool = False
) -> list[str]:
    with pytest.raises(Invalid) as refusal:
        move(session, item, target, now, is_sure=is_sure)
    session.refresh(item)
    assert item.state is not target
    return [problem.code for problem in refusal.value.problems]


@pytest.mark.parametrize("start", RoundState)
@pytest.mark.parametrize("target", RoundState)
def test_move_round_between_any_two_states_goes_only_along_the_table(
    session: Session, now: datetime, start: RoundState, target: RoundState
) -> None:
    item = make_round(session, make_competition(session), state=start)
    if target in ROUND_TRANSITIONS[start]:
        try:
            move(session, item, target, now, is_sure=True)
        except Invalid:
            return
        assert item.state is target
    else:
        with pytest.raises(WrongState):
            move(session, item, target, now, is_sure=True)
        assert item.state is start


@pytest.mark.parametrize("start", CompetitionState)
@pytest.mark.parametrize("target", CompetitionState)
def test_move_competition_between_any_two_states_goes_only_along_the_table(
    session: Session, now: datetime, start: CompetitionState, target: CompetitionState
) -> None:
    competition = make_competition(session, state=start)
    make_round(session, competition, state=R.RESULTS)
    arguments = {"actor": SYSTEM, "competition": competition, "now": now}
    if target in COMPETITION_TRANSITIONS[start]:
        move_competition(session, target=target, **arguments)  # type: ignore[arg-type]
        assert competition.state is target
        assert session.scalars(select(AuditEntry.action)).all() == ["move_competition"]
    else:
        with pytest.raises(WrongState):
            move_competition(session, target=target, **arguments)  # type: ignore[arg-type]


def test_move_round_to_receiving_when_all_is_ready_is_logged(
    session: Session, now: datetime
) -> None:
    item = make_round(
        session, make_competition(session), state=R.SETUP, submissions_close_at=now + DAY
    )
    make_rubric(session, item)
    move(session, item, R.RECEIVING, now)
    entry = session.scalars(select(AuditEntry)).one()
    assert (entry.action, entry.before, entry.after) == (
        "move_round",
        {"state": "setup"},
        {"state": "receiving"},
    )


def test_move_round_to_receiving_names_everything_that_is_missing(
    session: Session, now: datetime
) -> None:
    competition = make_competition(session, tracks=(), state=C.DRAFT)
    item = make_round(session, competition, state=R.SETUP, submissions_close_at=None)
    assert refusals(session, item, R.RECEIVING, now, is_sure=True) == [
        "rubric_empty",
        "tracks_missing",
        "competition_not_open",
        "submission_deadline_missing",
    ]


def test_move_round_to_receiving_with_weights_off_100_or_a_past_deadline_is_refused(
    session: Session, now: datetime
) -> None:
    item = make_round(
        session, make_competition(session), state=R.SETUP, submissions_close_at=now - DAY
    )
    make_rubric(session, item, weights=(60, 30))
    assert refusals(session, item, R.RECEIVING, now) == [
        "rubric_not_100",
        "submission_deadline_over",
    ]


def test_move_round_back_to_setup_with_submitted_entries_is_refused(
    session: Session, now: datetime
) -> None:
    competition = make_competition(session)
    item = make_round(session, competition)
    make_entry(session, item, make_team(session, competition), state=E.DRAFT)
    make_entry(session, item, make_team(session, competition, "Team 02"), state=E.SUBMITTED)
    assert refusals(session, item, R.SETUP, now, is_sure=True) == ["entries_are_in"]


def test_move_round_to_screening_before_the_deadline_asks_first(
    session: Session, now: datetime
) -> None:
    item = make_round(session, make_competition(session), submissions_close_at=now + DAY)
    assert refusals(session, item, R.SCREENING, now) == ["closes_early"]
    move(session, item, R.SCREENING, now, is_sure=True)
    assert item.state is R.SCREENING


def test_move_round_to_screening_after_the_deadline_asks_nothing(
    session: Session, now: datetime
) -> None:
    item = make_round(session, make_competition(session), submissions_close_at=now - DAY)
    move(session, item, R.SCREENING, now)
    assert item.state is R.SCREENING


def test_move_round_to_assigning_needs_an_entry_to_judge(session: Session, now: datetime) -> None:
    competition = make_competition(session)
    item = make_round(session, competition, state=R.SCREENING)
    make_entry(session, item, make_team(session, competition), state=E.WITHDRAWN)
    assert refusals(session, item, R.ASSIGNING, now, is_sure=True) == ["no_entry_to_judge"]
    make_entry(session, item, make_team(session, competition, "Team 02"))
    make_entry(
        session,
        item,
        make_team(session, competition, "Team 03"),
        state=E.RETURNED,
        state_reason="a name inside",
    )
    assert refusals(session, item, R.ASSIGNING, now) == ["entries_still_returned"]
    move(session, item, R.ASSIGNING, now, is_sure=True)


def test_move_round_to_judging_needs_confirmed_assignments(session: Session, now: datetime) -> None:
    competition = make_competition(session)
    item = make_round(session, competition, state=R.ASSIGNING, judges_per_entry=2)
    make_rubric(session, item)
    entry = make_entry(session, item, make_team(session, competition))
    make_entry(session, item, make_team(session, competition, "Team 02"))
    assignment = assign(
        session, entry, make_judge(session, competition), state=AssignmentState.PROPOSED
    )
    assert refusals(session, item, R.JUDGING, now, is_sure=True) == ["no_assignment_confirmed"]
    assignment.state = AssignmentState.CONFIRMED
    session.flush()
    with pytest.raises(Invalid) as refusal:
        move(session, item, R.JUDGING, now)
    [problem] = refusal.value.problems
    assert dict(problem.facts) == {"count": 2, "unassigned": 1, "wanted": 2}
    move(session, item, R.JUDGING, now, is_sure=True)


def test_move_round_to_locked_says_how_many_scorecards_are_missing(
    session: Session, now: datetime
) -> None:
    competition = make_competition(session)
    item = make_round(session, competition, state=R.JUDGING)
    rubric = make_rubric(session, item)
    entry = make_entry(session, item, make_team(session, competition))
    first, second = (assign(session, entry, make_judge(session, competition)) for _ in "ab")
    assert refusals(session, item, R.LOCKED, now, is_sure=True) == ["no_scorecard_submitted"]
    fill_scorecard(session, first, rubric, (8, 9))
    fill_scorecard(session, second, rubric, (7,), state=ScorecardState.DRAFT)
    with pytest.raises(Invalid) as refusal:
        move(session, item, R.LOCKED, now)
    [problem] = refusal.value.problems
    assert problem.code == "scorecards_missing"
    assert dict(problem.facts) == {"expected": 2, "judges": 1, "missing": 1}
    move(session, item, R.LOCKED, now, is_sure=True)
    assert item.state is R.LOCKED


def test_move_round_back_from_results_that_are_public_is_refused(
    session: Session, now: datetime
) -> None:
    item = make_round(session, make_competition(session), state=R.RESULTS)
    run = ScoreRun(
        round=item,
        number=1,
        method="mean",
        rules={},
        rules_digest="0" * 64,
        input_digest="0" * 64,
        code_version="0",
        seed=0,
        scorecards=1,
        scorecards_missing=0,
        components=1,
        warnings=[],
        created_at=now,
    )
    publication = Publication(round=item, run=run, published_at=now)
    session.add(publication)
    session.flush()
    assert refusals(session, item, R.LOCKED, now, is_sure=True) == ["results_are_public"]
    publication.withdrawn_at = now
    session.flush()
    move(session, item, R.LOCKED, now)
    assert item.state is R.LOCKED


def test_move_round_by_an_observer_is_forbidden(session: Session, now: datetime) -> None:
    competition = make_competition(session)
    item = make_round(session, competition, state=R.JUDGING)
    account = make_account(session)
    grant(session, account, competition, Role.OBSERVER)
    observer: Actor = actor_for(session, account)
    with pytest.raises(Forbidden):
        move_round(session, actor=observer, round_=item, target=R.ASSIGNING, now=now)


def test_move_competition_to_open_needs_tracks_and_a_round(session: Session, now: datetime) -> None:
    competition = make_competition(session, tracks=(), state=C.DRAFT)
    with pytest.raises(Invalid) as refusal:
        move_competition(
            session, actor=SYSTEM, competition=competition, target=C.OPEN, is_sure=True, now=now
        )
    codes = [problem.code for problem in refusal.value.problems]
    assert codes == ["tracks_missing", "rounds_missing"]


def test_move_competition_back_to_draft_with_teams_is_refused(
    session: Session, now: datetime
) -> None:
    competition = make_competition(session)
    make_team(session, competition)
    with pytest.raises(Invalid) as refusal:
        move_competition(
            session, actor=SYSTEM, competition=competition, target=C.DRAFT, is_sure=True, now=now
        )
    assert refusal.value.problems[0].code == "teams_registered"


def test_move_competition_to_judging_before_registration_closes_asks_first(
    session: Session, now: datetime
) -> None:
    competition = make_competition(session, registration_closes_at=now + DAY)
    with pytest.raises(Invalid) as refusal:
        move_competition(session, actor=SYSTEM, competition=competition, target=C.JUDGING, now=now)
    assert refusal.value.problems[0].code == "registration_closes_early"
    move_competition(
        session, actor=SYSTEM, competition=competition, target=C.JUDGING, is_sure=True, now=now
    )
    assert competition.state is C.JUDGING


def test_move_competition_to_closed_with_a_round_under_way_names_it(
    session: Session, now: datetime
) -> None:
    competition = make_competition(session, state=C.JUDGING)
    item = make_round(session, competition, state=R.JUDGING)
    with pytest.raises(Invalid) as refusal:
        move_competition(
            session, actor=SYSTEM, competition=competition, target=C.CLOSED, is_sure=True, now=now
        )
    [problem] = refusal.value.problems
    assert (problem.code, problem.fact("name")) == ("round_unfinished", item.name)
