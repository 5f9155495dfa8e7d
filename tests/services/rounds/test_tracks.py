"""The tracks of a competition, written as one list."""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from competition.errors import Conflict, Invalid, NotFound
from competition.models import AuditEntry, Competition, LocalText
from competition.policies import SYSTEM
from competition.services.rounds import TrackRow, set_tracks
from competition.vocabulary import CompetitionState
from tests.support.builders import (
    make_competition,
    make_entry,
    make_judge,
    make_round,
    make_team,
)


def write(
    session: Session, competition: Competition, now: datetime, *rows: tuple[int | None, str]
) -> None:
    set_tracks(
        session,
        actor=SYSTEM,
        competition=competition,
        rows=[TrackRow(id=key, name=LocalText(en=name)) for key, name in rows],
        revision=competition.revision,
        now=now,
    )


def test_set_tracks_renames_reorders_adds_and_removes_at_once(
    session: Session, now: datetime
) -> None:
    competition = make_competition(session, tracks=("Learning", "Health", "Industry"))
    learning, _health, industry = competition.tracks
    before = competition.revision
    write(session, competition, now, (industry.id, "Industry 4"), (None, "Art"), (learning.id, "L"))
    found = [(track.position, track.name.en) for track in competition.tracks]
    assert found == [(1, "Industry 4"), (2, "Art"), (3, "L")]
    assert competition.tracks[0].id == industry.id
    assert competition.revision == before + 1
    entry = session.scalars(select(AuditEntry)).one()
    assert entry.action == "set_tracks"
    assert entry.before is not None
    assert [item["name"]["en"] for item in entry.before["tracks"]] == [
        "Learning",
        "Health",
        "Industry",
    ]


def test_set_tracks_without_one_that_entries_use_is_refused(
    session: Session, now: datetime
) -> None:
    competition = make_competition(session, tracks=("Learning", "Health"))
    make_entry(session, make_round(session, competition), make_team(session, competition))
    with pytest.raises(Invalid) as refusal:
        write(session, competition, now, (competition.tracks[1].id, "Health"))
    [problem] = refusal.value.problems
    assert (problem.code, problem.fact("count")) == ("track_has_entries", 1)


def test_set_tracks_without_one_that_a_judge_takes_is_refused(
    session: Session, now: datetime
) -> None:
    competition = make_competition(session, tracks=("Learning", "Health"))
    make_judge(session, competition, tracks=[competition.tracks[0]])
    with pytest.raises(Invalid) as refusal:
        write(session, competition, now, (competition.tracks[1].id, "Health"))
    assert refusal.value.problems[0].code == "track_has_judges"


def test_set_tracks_with_one_name_twice_names_the_second(session: Session, now: datetime) -> None:
    competition = make_competition(session)
    with pytest.raises(Invalid) as refusal:
        write(session, competition, now, (None, "Health"), (None, "health"))
    found = [(problem.code, problem.field) for problem in refusal.value.problems]
    assert found == [("track_doubled", "tracks-1-name_en")]


def test_set_tracks_to_none_is_for_drafts_only(session: Session, now: datetime) -> None:
    listed = make_competition(session)
    with pytest.raises(Invalid):
        write(session, listed, now)
    draft = make_competition(session, slug="draft", state=CompetitionState.DRAFT)
    write(session, draft, now)
    assert draft.tracks == []


def test_set_tracks_with_a_track_of_another_competition_is_not_found(
    session: Session, now: datetime
) -> None:
    competition, other = make_competition(session), make_competition(session, slug="other")
    with pytest.raises(NotFound):
        write(session, competition, now, (other.tracks[0].id, "Mine"))


def test_set_tracks_from_an_older_revision_is_a_conflict(session: Session, now: datetime) -> None:
    competition = make_competition(session)
    with pytest.raises(Conflict):
        set_tracks(session, actor=SYSTEM, competition=competition, rows=[], revision=99, now=now)
