"""Computing a ranking keeps it as a run that never changes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from competition.errors import Forbidden, Invalid, NotFound
from competition.models import AuditEntry, Entry, JudgeSeverity, ScoreRun, Standing
from competition.policies import SYSTEM
from competition.queries.results import board_of_run, explanation_of
from competition.services.results import RunDraft, compute, draft_run
from competition.vocabulary import EntryState, Method, Role
from tests.support.builders import (
    NOW,
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
)
from tests.support.judged import make_judged_round
from tests.support.scorecards import fill_scorecard


def scored(session: Session, table: dict[str, list[tuple[Any, ...]]], **fields: Any) -> Any:
    """A round in which judge k gives each entry the k-th tuple of ratings."""
    competition = make_competition(session)
    weights = fields.pop("weights", (60, 40))
    of = make_round(session, competition, **fields)
    rubric = make_rubric(session, of, weights)
    judges = [make_judge(session, competition) for _ in range(max(map(len, table.values())))]
    for number, given in table.items():
        entry = make_entry(session, of, make_team(session, competition, number), number=number)
        for judge, values in zip(judges, given, strict=False):
            fill_scorecard(session, assign(session, entry, judge), rubric, values)
    return of


def ranking(session: Session, run: ScoreRun) -> list[tuple[str, int | None, float | None]]:
    return [
        (place.number, place.rank, place.score)
        for track in board_of_run(session, run).tracks
        for place in track.places
    ]


def test_computing_the_mean_ranks_entries_with_ties_and_the_unscored_last(
    session: Session,
) -> None:
    table = {"E-1": [(5, 5), (7, 7)], "E-2": [(9, 9), (9, 9)], "E-3": [(6, 6), (6, 6)], "E-4": []}
    of = scored(session, table, scoring={"method": "mean", "round": {"total": 2}})
    run = compute(session, actor=SYSTEM, of=of, now=NOW)
    assert ranking(session, run) == [
        ("E-2", 1, 90.0),
        ("E-1", 2, 60.0),
        ("E-3", 2, 60.0),
        ("E-4", None, None),
    ]
    assert [item["code"] for item in run.warnings] == ["unscored_entries"]


def drafted(session: Session, of: Any, **asked: Any) -> RunDraft:
    draft = draft_run(session, actor=SYSTEM, of=of, **asked)()
    assert draft is not None
    return draft


def test_computing_with_a_draft_that_holds_takes_its_calculation(session: Session) -> None:
    of = scored(session, {"E-1": [(5, 5)] * 2, "E-2": [(9, 9)] * 2}, scoring={"method": "mean"})
    draft = drafted(session, of)
    marked = replace(draft, calculation=replace(draft.calculation, ranks=(7, 8)))
    run = compute(session, actor=SYSTEM, of=of, now=NOW, draft=marked)
    assert [item[:2] for item in ranking(session, run)] == [("E-1", 7), ("E-2", 8)]


def test_computing_with_a_draft_of_other_scorecards_calculates_anew(session: Session) -> None:
    of = scored(session, {"E-1": [(5, 5)] * 2, "E-2": [(9, 9)] * 2}, scoring={"method": "mean"})
    draft = drafted(session, of)
    gone = session.scalars(select(Entry).where(Entry.number == "E-2")).one()
    gone.state, gone.state_reason = EntryState.DISQUALIFIED, "copied"
    session.flush()
    run = compute(session, actor=SYSTEM, of=of, now=NOW, draft=draft)
    assert run.input_digest != draft.inputs.digest
    assert [item[:2] for item in ranking(session, run)] == [("E-1", 1)]


def test_computing_with_a_draft_by_another_method_calculates_anew(session: Session) -> None:
    of = scored(session, {"E-1": [(5, 5), (8, 8)], "E-2": [(9, 9), (7, 7)]},
                scoring={"method": "mean"})  # fmt: skip
    draft = drafted(session, of, method=Method.TRIMMED)
    run = compute(session, actor=SYSTEM, of=of, now=NOW, draft=draft)
    assert run.method == "mean"


def test_drafting_a_run_that_exists_already_calculates_nothing(session: Session) -> None:
    of = scored(session, {"E-1": [(5, 5)] * 2}, scoring={"method": "mean"})
    compute(session, actor=SYSTEM, of=of, now=NOW)
    assert draft_run(session, actor=SYSTEM, of=of)() is None


def test_drafting_a_run_is_refused_to_whom_computing_is(session: Session) -> None:
    of = scored(session, {"E-1": [(5, 5)] * 2}, scoring={"method": "mean"})
    stranger = actor_for(session, make_account(session))
    with pytest.raises((NotFound, Forbidden)):
        draft_run(session, actor=stranger, of=of)


def test_computing_leaves_out_withdrawn_and_disqualified_entries(session: Session) -> None:
    of = scored(session, {"E-1": [(5, 5)] * 2, "E-2": [(9, 9)] * 2, "E-3": [(6, 6)] * 2},
                scoring={"method": "mean"})  # fmt: skip
    gone = session.scalars(select(Entry).where(Entry.number == "E-2")).one()
    gone.state, gone.state_reason = EntryState.DISQUALIFIED, "copied"
    session.flush()
    run = compute(session, actor=SYSTEM, of=of, now=NOW)
    assert [item[:2] for item in ranking(session, run)] == [("E-3", 1), ("E-1", 2)]


def test_computing_by_criterion_drops_rounds_and_multiplies_as_the_rules_say(
    session: Session,
) -> None:
    rules = {
        "method": "trimmed",
        "unit": "criterion",
        "drop_minimum": 5,
        "round": {"criterion": 2, "weighted": 2, "total": 2},
    }
    given = [(8, 5), (7, 6), (9, 7), (10, 7), (7, 6), (3, 7), (8, 10)]
    of = scored(session, {"E-1": given, "E-2": [(1, 1)] * 7}, scoring=rules)
    run = compute(session, actor=SYSTEM, of=of, now=NOW)
    first = session.get_one(Standing, (run.id, _id(session, "E-1")))
    # Criterion 1: 7 7 8 8 9 left of seven, 7.80, times 6; criterion 2: 6 6 7 7 7, 6.60, times 4.
    assert first.score == 73.2
    steps = explanation_of(first.detail).steps
    assert [(step.rounded, step.factor, step.weighted) for step in steps] == [
        (7.8, 6.0, 46.8),
        (6.6, 4.0, 26.4),
    ]
    dropped = [[part.raw for part in step.parts if part.is_dropped] for step in steps]
    assert [sorted(values) for values in dropped] == [[3.0, 10.0], [5.0, 10.0]]


def _id(session: Session, number: str) -> int:
    return session.scalars(select(Entry.id).where(Entry.number == number)).one()


def test_computing_additively_explains_every_score_by_its_judges_severity(
    session: Session,
) -> None:
    made = make_judged_round(session, entries=8, tracks=("A", "B"), judges=6)
    run = compute(session, actor=SYSTEM, of=made.round, now=NOW)
    standings = session.scalars(select(Standing).where(Standing.run_id == run.id)).all()
    assert len(standings) == 16
    for standing in standings:
        parts = explanation_of(standing.detail).steps[0].parts
        assert len(parts) == standing.judges == 3
        assert all(part.raw + (part.severity or 0) == part.corrected for part in parts)
        mean = sum(part.corrected for part in parts) / 3
        assert mean == pytest.approx(standing.adjusted, abs=1e-9)
        assert standing.score == round(standing.score or 0, 2)
    severities = session.scalars(select(JudgeSeverity).where(JudgeSeverity.run_id == run.id)).all()
    assert len(severities) == 6
    assert sum(item.severity or 0 for item in severities) == pytest.approx(0, abs=1e-9)


def test_computing_ranks_each_track_by_itself(session: Session) -> None:
    made = make_judged_round(session, entries=5, tracks=("A", "B", "C"))
    run = compute(session, actor=SYSTEM, of=made.round, now=NOW)
    board = board_of_run(session, run)
    assert [track.scored[0].rank for track in board.tracks] == [1, 1, 1]
    assert [len(track.places) for track in board.tracks] == [5, 5, 5]


def test_computing_never_ranks_across_groups_that_no_judge_connects(session: Session) -> None:
    competition = make_competition(session)
    of = make_round(session, competition, scoring={"method": "additive"})
    rubric = make_rubric(session, of)
    judges = [make_judge(session, competition) for _ in range(4)]
    for place in range(6):
        entry = make_entry(session, of, make_team(session, competition, f"Team {place}"))
        for judge in judges[:2] if place < 3 else judges[2:]:
            fill_scorecard(session, assign(session, entry, judge), rubric, (place + 2, 9 - place))
    run = compute(session, actor=SYSTEM, of=of, now=NOW)
    (track,) = board_of_run(session, run).tracks
    assert track.components == (0, 1)
    assert [place.rank for place in track.places] == [1, 2, 3, 1, 2, 3]
    assert run.components == 2
    (warning,) = (item for item in run.warnings if item["code"] == "disconnected")
    assert warning["facts"]["ranked"] == "within_components"


def test_computing_the_same_again_gives_the_same_run_and_leaves_no_trace(session: Session) -> None:
    made = make_judged_round(session, entries=4)
    first = compute(session, actor=SYSTEM, of=made.round, now=NOW)
    entries = session.scalar(select(func.count(AuditEntry.id)))
    again = compute(session, actor=SYSTEM, of=made.round, now=NOW)
    other = compute(session, actor=SYSTEM, of=made.round, now=NOW, method=Method.MEAN)
    assert again.id == first.id
    assert (first.number, other.number) == (1, 2)
    assert session.scalar(select(func.count(AuditEntry.id))) == (entries or 0) + 1


def test_computing_is_written_into_the_log(session: Session) -> None:
    made = make_judged_round(session, entries=2)
    run = compute(session, actor=SYSTEM, of=made.round, now=NOW)
    entry = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc()).limit(1)).one()
    assert (entry.action, entry.object_type, entry.object_id) == (
        "compute_results",
        "score_run",
        run.id,
    )
    assert entry.after is not None
    assert entry.after["input_digest"] == run.input_digest


def test_computing_without_a_scorecard_is_refused_in_words(session: Session) -> None:
    competition = make_competition(session)
    of = make_round(session, competition)
    make_rubric(session, of)
    with pytest.raises(Invalid) as refusal:
        compute(session, actor=SYSTEM, of=of, now=NOW)
    assert [problem.code for problem in refusal.value.problems] == ["no_scorecard_to_rank"]


def test_computing_with_rules_that_do_not_fit_is_refused_in_words(session: Session) -> None:
    of = scored(session, {"E-1": [(5, 5)]}, weights=(60, 30), scoring={"method": "mean"})
    with pytest.raises(Invalid) as refusal:
        compute(session, actor=SYSTEM, of=of, now=NOW)
    assert [problem.code for problem in refusal.value.problems] == ["rules_do_not_fit"]


def test_computing_is_for_organizers_only(session: Session) -> None:
    made = make_judged_round(session, entries=2)
    organizer = make_organizer(session, made.competition)
    member = make_account(session, "Member Wu")
    grant(session, member, made.competition, Role.COMMITTEE)
    stranger = make_account(session, "Stranger")
    assert compute(session, actor=actor_for(session, organizer), of=made.round, now=NOW).number == 1
    with pytest.raises(Forbidden):
        compute(session, actor=actor_for(session, member), of=made.round, now=NOW)
    with pytest.raises(NotFound):
        compute(session, actor=actor_for(session, stranger), of=made.round, now=NOW)
