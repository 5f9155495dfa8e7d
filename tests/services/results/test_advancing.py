"""The best of a published ranking go on to the next round."""

from __future__ import annotations

from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from competition.errors import Conflict, Invalid, WrongState
from competition.models import AuditEntry, Entry, EntryFile, Publication, Round
from competition.policies import SYSTEM
from competition.queries.results import Line, advance_of, board_of_run
from competition.services.results import advance, compute, publish, withdraw
from competition.vocabulary import EntryState, RoundState
from tests.support.builders import NOW, make_round
from tests.support.judged import Judged, make_judged_round
from tests.support.races import race


@pytest.fixture
def made(session: Session) -> Judged:
    return make_judged_round(session, entries=10, tracks=("A", "B"))


@pytest.fixture
def final(session: Session, made: Judged) -> Round:
    return make_round(session, made.competition, state=RoundState.SETUP)


@pytest.fixture
def publication(session: Session, made: Judged) -> Publication:
    run = compute(session, actor=SYSTEM, of=made.round, now=NOW)
    return publish(session, actor=SYSTEM, run=run, instead_of=None, now=NOW)


def send(
    session: Session, publication: Publication, final: Round, line: Line, already: int = 0
) -> list[Entry]:
    entries = advance(
        session,
        actor=SYSTEM,
        publication=publication,
        to_round=final,
        line=line,
        already=already,
        now=NOW,
    )
    return list(entries)


def test_advancing_enters_copies_of_the_best_of_every_track(
    session: Session, publication: Publication, final: Round
) -> None:
    board = board_of_run(session, publication.run)
    best = {place.team_id for track in board.tracks for place in track.scored[:3]}
    source = session.get_one(Entry, board.tracks[0].scored[0].entry_id)
    for name, removed_at in (("report.pdf", None), ("old.pdf", NOW)):
        source.files.append(
            EntryFile(name=name, media_type="application/pdf", size=3, sha256="a" * 64,
                      uploaded_at=NOW, removed_at=removed_at)
        )  # fmt: skip
    session.flush()
    entries = send(session, publication, final, Line(top=3))
    assert {entry.team_id for entry in entries} == best
    assert sorted(entry.number for entry in entries) == [f"E-{n:03}" for n in range(1, 7)]
    assert {entry.state for entry in entries} == {EntryState.SUBMITTED}
    (copy,) = (entry for entry in entries if entry.team_id == source.team_id)
    assert (copy.title, copy.summary, copy.track_id) == (
        source.title,
        source.summary,
        source.track_id,
    )
    assert [file.name for file in copy.files] == ["report.pdf"]
    assert [version.version for version in copy.versions] == [1]
    assert copy.versions[0].content["files"][0]["sha256"] == "a" * 64
    logged = session.scalars(select(AuditEntry).where(AuditEntry.action == "advance_entry")).all()
    assert sorted(item.object_id or 0 for item in logged) == sorted(entry.id for entry in entries)


@pytest.mark.parametrize(
    ("line", "seats"),
    [
        (Line(top=4), 4),
        (Line(top=40), 10),
        (Line(percent=Decimal(30)), 3),
        (Line(percent=Decimal(25)), 3),
        (Line(percent=Decimal(24)), 2),
        (Line(percent=Decimal(1)), 1),
        (Line(percent=Decimal(100)), 10),
    ],
)
def test_drawing_a_line_gives_each_track_its_seats(
    session: Session, publication: Publication, line: Line, seats: int
) -> None:
    plan = advance_of(board_of_run(session, publication.run), line)
    assert [track.seats for track in plan.tracks] == [seats, seats]


def test_advancing_lets_all_pass_that_are_tied_at_the_line(session: Session) -> None:
    made = make_judged_round(
        session, entries=12, tracks=("A",), judges=1, per_entry=1, weights=(100,),
        scoring={"method": "mean"},
    )  # fmt: skip
    run = compute(session, actor=SYSTEM, of=made.round, now=NOW)
    board = board_of_run(session, run)
    track = next(t for t in board.tracks if any(place.is_tied for place in t.scored))
    first = next(place for place in track.scored if place.is_tied)
    sharing = [place for place in track.scored if place.rank == first.rank]
    plan = advance_of(board, Line(top=first.rank))
    (drawn,) = (item for item in plan.tracks if item.track is track)
    assert drawn.tied == len(sharing) - 1 > 0
    assert set(sharing) <= set(drawn.through)


def test_advancing_a_second_time_is_refused(
    session: Session, publication: Publication, final: Round
) -> None:
    send(session, publication, final, Line(top=2))
    with pytest.raises(Conflict, match="advanced_already"):
        send(session, publication, final, Line(top=2), already=4)


def test_advancing_further_adds_only_those_not_there_yet(
    session: Session, publication: Publication, final: Round
) -> None:
    send(session, publication, final, Line(top=2))
    with pytest.raises(Conflict, match="changed_meanwhile"):
        send(session, publication, final, Line(top=3))
    assert len(send(session, publication, final, Line(top=3), already=4)) == 2


def test_advancing_withdrawn_results_is_refused(
    session: Session, publication: Publication, final: Round
) -> None:
    withdraw(session, actor=SYSTEM, publication=publication, reason="wrong", now=NOW)
    with pytest.raises(WrongState, match="results_not_public"):
        send(session, publication, final, Line(top=2))


@pytest.mark.parametrize("state", [RoundState.JUDGING, RoundState.LOCKED, RoundState.RESULTS])
def test_advancing_into_a_round_that_is_judged_is_refused(
    session: Session, publication: Publication, final: Round, state: RoundState
) -> None:
    final.state = state
    session.flush()
    with pytest.raises(WrongState, match="next_round_closed"):
        send(session, publication, final, Line(top=2))


def test_advancing_backwards_is_refused(
    session: Session, publication: Publication, made: Judged
) -> None:
    with pytest.raises(WrongState, match="no_later_round"):
        send(session, publication, made.round, Line(top=2))


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (Line(top=0), "top_too_small"),
        (Line(percent=Decimal(0)), "percent_out_of_range"),
        (Line(percent=Decimal(101)), "percent_out_of_range"),
        (Line(), "line_needs_one"),
        (Line(top=1, percent=Decimal(5)), "line_needs_one"),
    ],
)
def test_advancing_with_a_line_that_is_none_is_refused(
    session: Session, publication: Publication, final: Round, line: Line, code: str
) -> None:
    with pytest.raises(Invalid) as refusal:
        send(session, publication, final, line)
    assert [item.code for item in refusal.value.problems] == [code]


def test_advancing_at_once_enters_every_team_once(
    app: Flask, session: Session, publication: Publication, final: Round
) -> None:
    ids = publication.id, final.id

    def sending(own: Session) -> int:
        of, target = own.get_one(Publication, ids[0]), own.get_one(Round, ids[1])
        return len(send(own, of, target, Line(top=3)))

    outcomes = race(app, [sending] * 6)
    assert [item for item in outcomes if isinstance(item, int)] == [6]
    teams = session.scalars(select(Entry.team_id).where(Entry.round_id == ids[1])).all()
    assert len(teams) == len(set(teams)) == 6
