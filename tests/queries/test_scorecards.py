"""A judge's desk, the progress of a round, the export, and how many statements each takes."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from competition.extensions import db
from competition.models import Round
from competition.queries.scorecards import (
    Desk,
    DeskState,
    criteria_of,
    desk_rows,
    entries_still_to_score,
    factor_of,
    highest_total,
    marks,
    pace,
    progress,
    rating_rows,
    rough,
    scoring_facts,
    total_of,
)
from competition.scoring.rulebook import Criterion as ScoringCriterion
from competition.scoring.rulebook import RuleBook
from competition.services.scorecards import Filled, save_draft
from competition.vocabulary import AssignmentState, ScorecardState, Weighting
from tests.support.builders import NOW, assign, make_entry, make_judge, make_team
from tests.support.judging import Judging, make_judging
from tests.support.scorecards import fill_scorecard
from tests.support.statements import counted


@pytest.fixture
def judging(session: Session) -> Judging:
    return make_judging(session, entries=5, judges=3)


@pytest.fixture
def engine(app: Flask, session: Session) -> Engine:
    return db.engine


def test_factor_of_every_weighting_is_the_scoring_cores() -> None:
    scale = (1.0, 8.0)
    percent = RuleBook(
        weighting="percent",
        criteria=(ScoringCriterion("a", 12.5, scale), ScoringCriterion("b", 87.5, scale)),
    )
    plain = RuleBook(criteria=(ScoringCriterion("a", 0.8, scale),))
    assert factor_of(Weighting.PERCENT, Decimal("12.5"), Decimal(8)) == percent.factor(0)
    assert factor_of(Weighting.FACTOR, Decimal("0.8"), Decimal(8)) == plain.factor(0)
    assert factor_of(Weighting.PERCENT, Decimal(20), Decimal(3)) == Fraction(20, 3)


def test_totals_are_weighted_and_known_from_the_first_rating(
    session: Session, judging: Judging
) -> None:
    criteria = criteria_of(session, judging.rubric.id)
    assert highest_total(criteria) == 100
    assert total_of(criteria, judging.ratings(8, 6)) == 72
    assert total_of(criteria, judging.ratings(None, 6)) == 24
    assert total_of(criteria, {}) is None


def test_desk_groups_entries_by_what_is_to_be_done(session: Session, judging: Judging) -> None:
    fill_scorecard(session, judging.assignment(0, 0), judging.rubric, (8, 6))
    fill_scorecard(session, judging.assignment(0, 1), judging.rubric, (8,), ScorecardState.DRAFT)
    fill_scorecard(
        session, judging.assignment(0, 2), judging.rubric, (8, 9), ScorecardState.RETURNED
    )
    recused = judging.assignment(0, 3)
    recused.state, recused.recusal_reason = AssignmentState.RECUSED, "I know them."
    session.flush()
    desk = Desk(desk_rows(session, judge_ids=[judging.judges[0].id]))
    assert [(state.value, [row.number for row in rows]) for state, rows in desk.groups] == [
        ("returned", ["E-003"]),
        ("draft", ["E-002"]),
        ("to_do", ["E-005"]),
        ("submitted", ["E-001"]),
        ("recused", ["E-004"]),
    ]
    assert (desk.expected, desk.left) == (4, 3)
    assert desk.next is not None
    assert desk.next.number == "E-003"
    draft = desk.of(DeskState.DRAFT)[0]
    assert (draft.rated, draft.total) == (1, Decimal(48))


def test_desk_says_nothing_of_proposed_assignments(session: Session, judging: Judging) -> None:
    for assignment in judging.assignments:
        assignment.state = AssignmentState.PROPOSED
    session.flush()
    assert desk_rows(session, judge_ids=[judging.judges[0].id]) == []


def test_pace_leaves_out_breaks_and_waits_for_enough_submissions() -> None:
    def at(*minutes: int) -> list[datetime]:
        return [NOW + timedelta(minutes=each) for each in minutes]

    assert pace(at(0, 10)) is None
    assert pace(at(20, 0, 10)) == timedelta(minutes=10)
    assert pace(at(0, 10, 20, 20 + 91, 20 + 91 + 16)) == timedelta(minutes=10)
    assert rough(timedelta(minutes=133)) == timedelta(hours=2, minutes=15)
    assert rough(timedelta(seconds=20)) == timedelta(minutes=1)


def test_progress_puts_the_judge_with_most_left_first(session: Session, judging: Judging) -> None:
    for entry in range(5):
        fill_scorecard(session, judging.assignment(0, entry), judging.rubric, (8, 6))
    for entry in range(2):
        fill_scorecard(session, judging.assignment(2, entry), judging.rubric, (8, 6))
    found = progress(session, judging.round)
    assert [(item.judge.name, item.left) for item in found.by_judge] == [
        ("Judge 2", 5),
        ("Judge 3", 3),
        ("Judge 1", 0),
    ]
    assert (found.expected, found.counts[DeskState.SUBMITTED]) == (15, 7)
    assert [(item.entry.number, item.submitted) for item in found.incomplete] == [
        ("E-003", 1),
        ("E-004", 1),
        ("E-005", 1),
        ("E-001", 2),
        ("E-002", 2),
    ]
    assert [judge.name for judge in found.incomplete[-1].waiting_for] == ["Judge 2"]


@pytest.mark.parametrize(("threshold", "far"), [("39.9", 1), ("40", 1), ("40.1", 0)])
def test_progress_points_out_entries_from_the_spread_threshold_on(
    session: Session, judging: Judging, threshold: str, far: int
) -> None:
    judging.round.spread_threshold = Decimal(threshold)
    fill_scorecard(session, judging.assignment(0, 0), judging.rubric, (9, 9))
    fill_scorecard(session, judging.assignment(1, 0), judging.rubric, (5, 5))
    fill_scorecard(session, judging.assignment(2, 0), judging.rubric, (1, 1), ScorecardState.DRAFT)
    assert len(progress(session, judging.round).apart) == far


def test_progress_without_permission_to_read_scores_knows_no_total(
    session: Session, judging: Judging
) -> None:
    fill_scorecard(session, judging.assignment(0, 0), judging.rubric, (9, 9))
    assert {card.total for card in progress(session, judging.round, with_totals=False).cards} == {
        None
    }


def test_progress_leaves_out_totals_that_the_reader_must_not_see_yet(
    session: Session, judging: Judging
) -> None:
    fill_scorecard(session, judging.assignment(0, 0), judging.rubric, (9, 9))
    fill_scorecard(session, judging.assignment(0, 1), judging.rubric, (9, 9))
    own = [judging.judges[0].id]
    hidden = entries_still_to_score(session, round_id=judging.round.id, judge_ids=own)
    assert hidden == {entry.id for entry in judging.entries[2:]}
    cards = progress(session, judging.round, hidden=[judging.entries[0].id]).cards
    assert {card.entry.number for card in cards if card.total is not None} == {"E-002"}
    rows = rating_rows(session, round_id=judging.round.id, hidden=[judging.entries[0].id])
    assert {row.entry for row in rows} == {"E-002"}


def test_rating_rows_hold_submitted_scorecards_only_and_tell_namesakes_apart(
    session: Session, judging: Judging
) -> None:
    judging.judges[1].account.name = "Judge 1"
    fill_scorecard(session, judging.assignment(0, 0), judging.rubric, (9, 8))
    fill_scorecard(session, judging.assignment(1, 0), judging.rubric, (7, 6))
    fill_scorecard(session, judging.assignment(2, 0), judging.rubric, (1, 1), ScorecardState.DRAFT)
    rows = rating_rows(session, round_id=judging.round.id)
    assert [(row.judge, row.entry, row.criterion.en, row.score) for row in rows] == [
        ("Judge 1 (01)", "E-001", "Criterion 1", Decimal(9)),
        ("Judge 1 (01)", "E-001", "Criterion 2", Decimal(8)),
        ("Judge 1 (02)", "E-001", "Criterion 1", Decimal(7)),
        ("Judge 1 (02)", "E-001", "Criterion 2", Decimal(6)),
    ]


# how many statements


def grow(session: Session, judging: Judging, entries: int) -> None:
    """More entries, judges and scorecards in the same round."""
    judge = make_judge(session, judging.competition, "Judge of many")
    for number in range(100, 100 + entries):
        team = make_team(session, judging.competition, f"Team {number}", school=f"S {number}")
        entry = make_entry(session, judging.round, team)
        assignment = assign(session, entry, judge)
        fill_scorecard(session, assignment, judging.rubric, (8, 6))


READS: dict[str, Any] = {
    "desk": lambda session, of: desk_rows(session, judge_ids=range(100)),
    "progress": progress,
    "export": lambda session, of: rating_rows(session, round_id=of.id),
}


def test_reading_takes_the_same_statements_for_1_and_for_30_entries(
    session: Session, engine: Engine
) -> None:
    judging = make_judging(session, entries=1, judges=1)
    fill_scorecard(session, judging.assignment(), judging.rubric, (8, 6))
    of = session.get_one(Round, judging.round.id)
    few = {name: statements(session, engine, of, name) for name in READS}
    grow(session, judging, 30)
    many = {name: statements(session, engine, of, name) for name in READS}
    assert few == many
    assert max(many.values()) <= 4


def statements(session: Session, engine: Engine, of: Round, name: str) -> int:
    """How many statements a read takes that finds nothing read before."""
    session.commit()
    session.expire_all()
    assert of.id
    with counted(engine) as sent:
        READS[name](session, of)
    return len(sent)


def test_saving_takes_five_statements_however_many_entries_there_are(
    session: Session, engine: Engine
) -> None:
    judging = make_judging(session, entries=1, judges=1)
    actor, assignment_id = judging.actor(session), judging.assignment().id

    def save(revision: int, *values: int) -> list[str]:
        with counted(engine) as sent:
            save_draft(
                session,
                actor=actor,
                assignment_id=assignment_id,
                filled=Filled(judging.ratings(*values)),
                revision=revision,
                now=NOW,
            )
        return sent

    save(0, 1, 1)
    few = save(1, 8, 6)
    grow(session, judging, 30)
    many = save(2, 7, 5)
    assert [line.split()[0] for line in few] == [
        "SELECT",  # what decides, conflicts of interest included
        "SELECT",  # criteria with ratings
        "UPDATE",
        "INSERT",  # all ratings at once
        "INSERT",  # audit
    ]
    assert few == many


def test_scoring_facts_of_a_round_without_rubric_say_so(session: Session, judging: Judging) -> None:
    facts = scoring_facts(session, judging.assignment().id)
    assert facts is not None
    assert (facts.revision, facts.scorecard_id, facts.comment) == (0, None, "")
    held = marks(session, rubric_id=facts.rubric_id or 0, scorecard_id=None)
    assert [mark.value for mark in held] == [None, None]
    session.delete(judging.rubric)
    session.flush()
    without = scoring_facts(session, judging.assignment().id)
    assert without is not None
    assert without.rubric_id is None
