"""What goes into a ranking, and in which order."""

from __future__ import annotations

import hashlib
from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from competition.extensions import db
from competition.models import Assignment, Entry, Rating, Scorecard
from competition.policies import SYSTEM
from competition.queries.results import (
    board_of_run,
    compare_methods,
    ratings_of_round,
    rulebook_of_round,
)
from competition.queries.results.inputs import digest_of
from competition.services.results import compute
from competition.vocabulary import AssignmentState, EntryState, Method, ScorecardState
from tests.support.builders import (
    NOW,
    assign,
    make_competition,
    make_entry,
    make_judge,
    make_round,
    make_rubric,
    make_team,
)
from tests.support.judged import make_judged_round
from tests.support.scorecards import fill_scorecard
from tests.support.statements import counted


def test_reading_ratings_puts_them_in_canonical_order_with_their_digest(session: Session) -> None:
    competition = make_competition(session)
    of = make_round(session, competition)
    rubric = make_rubric(session, of)
    second = make_entry(session, of, make_team(session, competition, "B"), number="E-2")
    first = make_entry(session, of, make_team(session, competition, "A"), number="E-1")
    one, two = make_judge(session, competition), make_judge(session, competition)
    for entry, judge, values in (
        (second, two, (7, 5)),
        (first, two, (8, "8")),
        (first, one, (9, 10)),
    ):
        fill_scorecard(session, assign(session, entry, judge), rubric, values)
    inputs = ratings_of_round(session, round_id=of.id)
    assert inputs.ratings is not None
    assert inputs.ratings.entries == ("E-1", "E-2")
    assert inputs.ratings.judges == (1, 2)
    assert inputs.entry_ids == (first.id, second.id)
    assert inputs.ratings.value.tolist() == [9, 10, 8, 8, 7, 5]
    text = (
        "E-1\t1\nE-2\t1\n"
        "E-1\t1\t1\t9\nE-1\t1\t2\t10\nE-1\t2\t1\t8\nE-1\t2\t2\t8\nE-2\t2\t1\t7\nE-2\t2\t2\t5\n"
    )
    assert inputs.digest == hashlib.sha256(text.encode()).hexdigest()


def test_digesting_writes_decimals_out_exactly() -> None:
    given = digest_of([("E-1", 2)], [("E-1", 7, 1, Decimal("8.50"))])
    assert given == hashlib.sha256(b"E-1\t2\nE-1\t7\t1\t8.50\n").hexdigest()


@pytest.mark.parametrize("state", [EntryState.WITHDRAWN, EntryState.DISQUALIFIED])
def test_reading_ratings_leaves_out_entries_that_take_no_part(
    session: Session, state: EntryState
) -> None:
    made = make_judged_round(session, entries=3, tracks=("All",))
    entry = session.get_one(Entry, made.entry_ids[0])
    entry.state, entry.state_reason = state, "a reason"
    session.flush()
    inputs = ratings_of_round(session, round_id=made.round.id)
    assert inputs.entry_ids == made.entry_ids[1:]
    assert inputs.scorecards == 6


def test_reading_ratings_takes_submitted_scorecards_of_judges_not_recused(
    session: Session,
) -> None:
    made = make_judged_round(session, entries=2, tracks=("All",), judges=3)
    before = ratings_of_round(session, round_id=made.round.id)
    first, second, *_rest = session.scalars(select(Assignment).order_by(Assignment.id)).all()
    first.state, first.recusal_reason = AssignmentState.RECUSED, "knows them"
    card = session.scalars(select(Scorecard).where(Scorecard.assignment_id == second.id)).one()
    card.state, card.return_reason = ScorecardState.RETURNED, "look again"
    session.flush()
    after = ratings_of_round(session, round_id=made.round.id)
    assert (before.scorecards, before.missing) == (6, 0)
    assert (after.scorecards, after.missing) == (4, 1)
    assert after.digest != before.digest


def test_reading_ratings_without_a_scorecard_gives_none(session: Session) -> None:
    competition = make_competition(session)
    of = make_round(session, competition)
    make_rubric(session, of)
    make_entry(session, of, make_team(session, competition))
    inputs = ratings_of_round(session, round_id=of.id)
    assert inputs.ratings is None
    assert len(inputs.entry_ids) == 1


def test_reading_the_rule_book_joins_scoring_rules_and_rubric(session: Session) -> None:
    competition = make_competition(session)
    of = make_round(session, competition, scoring={"method": "trimmed", "round": {"total": 1}})
    make_rubric(session, of, (30, 70))
    rules = rulebook_of_round(session, of=of)
    assert rules.method == "trimmed"
    assert rules.weighting == "percent"
    assert [(item.name, item.weight, item.scale, item.step) for item in rules.criteria] == [
        ("Criterion 1", 30.0, (1.0, 10.0), 1.0),
        ("Criterion 2", 70.0, (1.0, 10.0), 1.0),
    ]
    assert rulebook_of_round(session, of=of, method=Method.MEAN).method == "mean"


def test_comparing_methods_counts_who_would_move(session: Session) -> None:
    made = make_judged_round(session, entries=12, tracks=("A", "B"), judges=6)
    comparison = compare_methods(session, of=made.round)
    assert comparison is not None
    assert comparison.declared is Method.ADDITIVE
    assert comparison.moved(Method.ADDITIVE) == 0
    moved = [
        item
        for item in comparison.entries
        if item.ranks[Method.MEAN] != item.ranks[Method.ADDITIVE]
    ]
    assert comparison.moved(Method.MEAN) == len(moved) > 0


def test_reading_a_round_sends_as_many_statements_for_30_entries_as_for_one(
    app: Flask, session: Session
) -> None:
    counts = set()
    for place, entries in enumerate((1, 30)):
        made = make_judged_round(session, entries=entries, tracks=("All",), slug=f"c-{place}")
        run = compute(session, actor=SYSTEM, of=made.round, now=NOW)
        session.expire_all()
        of, run_id = made.round.id, run.id
        session.refresh(run)
        with counted(db.engine) as sent:
            ratings_of_round(session, round_id=of)
            board_of_run(session, run)
        counts.add(len(sent))
        assert run_id == run.id
    assert len(counts) == 1


def test_changing_one_rating_changes_the_digest(session: Session) -> None:
    made = make_judged_round(session, entries=2, tracks=("All",))
    before = ratings_of_round(session, round_id=made.round.id).digest
    rating = session.scalars(select(Rating).limit(1)).one()
    rating.value = Decimal(1) if rating.value != 1 else Decimal(2)
    session.flush()
    assert ratings_of_round(session, round_id=made.round.id).digest != before
