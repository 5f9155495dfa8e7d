"""The 2018 Olympic scores, brought in as any organizer would, give the official results."""

from __future__ import annotations

import csv
import gzip
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from competition.demo import olympics
from competition.models import (
    Competition,
    Criterion,
    Entry,
    Publication,
    Round,
    Rubric,
    ScoreRun,
    Standing,
    Team,
)
from competition.vocabulary import CompetitionState


def rows(path: Path) -> list[dict[str, str]]:
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


Performance = tuple[str, str]
"""Segment and skaters."""


def performance(segment: str, skaters: str) -> Performance:
    return segment.rpartition("|")[2].replace(" - ", ": "), " ".join(skaters.split())


@pytest.fixture
def standings(
    session: Session, now: datetime, reference_folder: Path
) -> dict[Performance, Standing]:
    """The published standings."""
    olympics.build(session, folder=reference_folder / "data", now=now)
    found = session.execute(
        select(Round.name.label("segment"), Team.name.label("skaters"), Standing)
        .join(Entry, Entry.round_id == Round.id)
        .join(Team, Entry.team_id == Team.id)
        .join(Standing, Standing.entry_id == Entry.id)
        .join(ScoreRun, Standing.run_id == ScoreRun.id)
        .join(Publication, Publication.run_id == ScoreRun.id)
        .where(Publication.withdrawn_at.is_(None))
    ).all()
    return {(row.segment.en, row.skaters): row.Standing for row in found}


def test_import_of_the_olympic_scores_gives_the_official_totals_and_panel_scores(
    session: Session, standings: dict[Performance, Standing], reference_folder: Path
) -> None:
    official = {
        performance(row["program"], row["name"]): float(row["total_component_score"])
        for row in rows(reference_folder / "data" / "skating_owg2018_performances.csv.gz")
    }
    assert len(official) == 250
    assert {place: standing.score for place, standing in standings.items()} == official

    names = criterion_names(session)
    panel_scores = {
        (place, names[standing.run_id][step["criterion"]]): step["rounded"]
        for place, standing in standings.items()
        for step in standing.detail["steps"]
    }
    published = {
        (performance(row["panel"], row["name"]), row["criterion"]): float(row["scores_of_panel"])
        for row in rows(reference_folder / "data" / olympics.COMPONENTS)
    }
    assert len(published) == 1250
    assert panel_scores == published

    competition = session.scalars(select(Competition)).one()
    assert competition.state is CompetitionState.ARCHIVED
    assert len(competition.rounds) == 16


def criterion_names(session: Session) -> dict[int, list[str]]:
    """The rubric's criteria of each run, in their order."""
    names: dict[int, list[str]] = {}
    for run_id, name in session.execute(
        select(ScoreRun.id, Criterion.name)
        .join(Round, ScoreRun.round_id == Round.id)
        .join(Rubric, Rubric.round_id == Round.id)
        .join(Criterion, Criterion.rubric_id == Rubric.id)
        .order_by(ScoreRun.id, Criterion.position)
    ):
        names.setdefault(run_id, []).append(name.en)
    return names


def test_is_there_without_the_file_says_no(tmp_path: Path) -> None:
    assert not olympics.is_there(tmp_path)
