"""How far rounds have come, in counts and in few statements."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from sqlalchemy.orm import Session

from competition.extensions import db
from competition.models import Competition, Round
from competition.policies import ANONYMOUS, SYSTEM
from competition.queries.record import audit_entries
from competition.queries.rounds import (
    competition_by_slug,
    competitions_for,
    round_figures,
    track_uses,
)
from competition.queries.rubrics import rubric_of
from competition.services.record import audit
from competition.vocabulary import (
    AssignmentState,
    CompetitionState,
    EntryState,
    RoundState,
    ScorecardState,
)
from tests.support.builders import (
    assign,
    make_competition,
    make_entry,
    make_judge,
    make_round,
    make_rubric,
    make_team,
    seat,
)
from tests.support.scorecards import fill_scorecard
from tests.support.statements import counted


def judged_round(session: Session, competition: Competition, position: int) -> Round:
    """Three entries and a draft; two judges; three scorecards expected, one of them in."""
    item = make_round(
        session, competition, state=RoundState.JUDGING, judges_per_entry=2, position=position
    )
    rubric = make_rubric(session, item)
    teams = [make_team(session, competition, f"Team {position}-{number}") for number in range(4)]
    entries = [make_entry(session, item, team) for team in teams[:3]]
    make_entry(session, item, teams[3], state=EntryState.DRAFT)
    first, second = make_judge(session, competition), make_judge(session, competition)
    seat(session, item, first)
    seat(session, item, second)
    done = assign(session, entries[0], first)
    fill_scorecard(session, done, rubric, (7, 8))
    half = assign(session, entries[0], second)
    fill_scorecard(session, half, rubric, (7,), state=ScorecardState.DRAFT)
    assign(session, entries[1], second)
    assign(
        session,
        entries[1],
        first,
        state=AssignmentState.RECUSED,
        recusal_reason="a colleague",
    )
    return item


def test_round_figures_count_what_is_there(session: Session) -> None:
    item = judged_round(session, make_competition(session), 1)
    figures = round_figures(session, [item.id])[item.id]
    assert dict(figures.entries) == {EntryState.ELIGIBLE: 3, EntryState.DRAFT: 1}
    assert (figures.judgeable, figures.panel) == (3, 2)
    assert (figures.expected, figures.submitted, figures.missing) == (3, 1, 2)
    assert figures.judges_behind == 1
    assert (figures.entries_unassigned, figures.entries_short) == (1, 2)
    assert (figures.criteria, figures.weight_sum) == (2, Decimal(100))
    assert (figures.is_rubric_complete, figures.is_rubric_frozen) == (True, True)
    assert (figures.runs, figures.is_published, figures.has_traces) == (0, False, True)


def test_round_figures_of_an_empty_round_are_zero(session: Session) -> None:
    item = make_round(session, make_competition(session))
    figures = round_figures(session, [item.id])[item.id]
    assert (figures.judgeable, figures.expected, figures.criteria) == (0, 0, 0)
    assert (figures.is_rubric_complete, figures.has_traces) == (False, False)


def test_round_figures_of_five_rounds_take_as_many_statements_as_of_one(
    session: Session,
) -> None:
    competition = make_competition(session)
    rounds = [judged_round(session, competition, number) for number in range(1, 6)]
    session.expire_all()
    keys = [item.id for item in rounds]
    with counted(db.engine) as for_one:
        round_figures(session, keys[:1])
    with counted(db.engine) as for_five:
        found = round_figures(session, keys)
    assert len(for_one) == len(for_five)
    assert {figures.submitted for figures in found.values()} == {1}


def test_rubric_of_thirty_criteria_takes_as_many_statements_as_of_one(session: Session) -> None:
    competition = make_competition(session)
    small, large = make_round(session, competition), make_round(session, competition, position=2)
    make_rubric(session, small, weights=(100,))
    make_rubric(session, large, weights=(1,) * 30)
    keys = (small.id, large.id)
    counts = []
    for key in keys:
        session.expire_all()
        with counted(db.engine) as seen:
            rubric = rubric_of(session, key)
            assert rubric is not None
            assert all(len(criterion.levels) == 5 for criterion in rubric.criteria)
        counts.append(len(seen))
    assert counts == [3, 3]


def test_competitions_for_a_stranger_leave_out_drafts_at_constant_cost(session: Session) -> None:
    make_competition(session, slug="draft", state=CompetitionState.DRAFT)
    make_competition(session, slug="first")
    session.expire_all()
    with counted(db.engine) as for_one:
        assert [item.slug for item in competitions_for(session, ANONYMOUS)] == ["first"]
    for number in range(8):
        make_round(session, make_competition(session, slug=f"more-{number}"))
    session.expire_all()
    with counted(db.engine) as for_nine:
        found = competitions_for(session, ANONYMOUS)
        assert sum(len(item.rounds) + len(item.tracks) for item in found) == 17
    assert len(for_one) == len(for_nine)
    assert competition_by_slug(session, "nowhere") is None


def test_track_uses_count_entries_and_judges(session: Session) -> None:
    competition = make_competition(session, tracks=("A", "B", "C"))
    first, second, third = competition.tracks
    make_entry(session, make_round(session, competition), make_team(session, competition))
    make_judge(session, competition, tracks=[first, second])
    found = track_uses(session, [track.id for track in competition.tracks])
    assert found == {first.id: (1, 1), second.id: (0, 1)}
    assert third.id not in found


def test_audit_entries_search_takes_signs_of_patterns_literally(
    session: Session, now: datetime
) -> None:
    competition = make_competition(session)
    for name in ("100% done", "1000 done"):
        audit(
            session,
            actor=SYSTEM,
            action="edit",
            now=now,
            name=name,
            competition_id=competition.id,
        )
    found = audit_entries(session, competition_id=competition.id, search="0%")
    assert [entry.object_name for entry in found] == ["100% done"]
