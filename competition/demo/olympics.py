"""The 2018 Olympic figure skating scores as an archived competition, through the usual imports.

Programme components only: nine judges score five criteria from 0 to 10 in quarter points. Per
criterion the highest and the lowest of the nine are dropped; the mean of seven is rounded half up
to two places, times the factor of the segment, rounded again, and added. `docs/olympics.md` says
where the data set is published and under which terms.
"""

from __future__ import annotations

import csv
import gzip
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from competition.adapters.spreadsheets import write_csv
from competition.models import Competition, LocalText, Round, Rubric
from competition.policies import SYSTEM
from competition.services import panels, results, rounds, rubrics, tables
from competition.services.submissions.screening import mark_all_eligible
from competition.services.tables import TableKind
from competition.vocabulary import CompetitionState, OrganizationKind, RoundState, Weighting

SLUG = "olympic-figure-skating-2018"
COMPONENTS = "skating_owg2018_components.csv.gz"
SEATS = 9
STARTED = datetime(2018, 2, 1, tzinfo=UTC)
SCORING = {
    "unit": "criterion",
    "method": "trimmed",
    "drop_high": 1,
    "drop_low": 1,
    "drop_minimum": 5,
    "round": {"criterion": 2, "weighted": 2, "total": 2},
}
SEGMENTS: Mapping[str, str] = {
    "Pair Skating": "双人滑",
    "Men Single Skating": "男子单人滑",
    "Ladies Single Skating": "女子单人滑",
    "Ice Dance": "冰上舞蹈",
    "Team Event": "团体赛",
    "Short Program": "短节目",
    "Free Skating": "自由滑",
    "Short Dance": "短舞蹈",
    "Free Dance": "自由舞",
}
CRITERIA: Mapping[str, str] = {
    "Skating Skills": "滑行技术",
    "Transitions": "衔接",
    "Performance": "表演",
    "Composition": "编排",
    "Interpretation of the Music": "音乐诠释",
    "Interpretation of the Music/Timing": "音乐诠释与节奏",
}


@dataclass
class Segment:
    """One segment of the event: who skated, and what the judges gave."""

    name: str
    factor: Decimal
    criteria: list[str] = field(default_factory=list)
    skaters: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Performance id to name and nation."""
    ratings: list[tuple[str, str, str, str]] = field(default_factory=list)
    """Judge, performance, criterion, score."""


def is_there(folder: Path) -> bool:
    return (folder / COMPONENTS).is_file()


def read_segments(folder: Path) -> list[Segment]:
    """The published file, segment by segment in its own order of names."""
    segments: dict[str, Segment] = {}
    with gzip.open(folder / COMPONENTS, "rt", encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            name = row["panel"].partition("|")[2].replace(" - ", ": ")
            segment = segments.setdefault(name, Segment(name, Decimal(row["factor"])))
            if row["criterion"] not in segment.criteria:
                segment.criteria.append(row["criterion"])
            skater = " ".join(row["name"].split())
            segment.skaters[row["item"]] = (skater, row["nation"])
            judge = row["judge"].rpartition("|")[2]
            segment.ratings.append((judge, row["item"], row["criterion"], row["score"]))
    return [segments[name] for name in sorted(segments)]


def build(session: Session, *, folder: Path, now: datetime) -> Competition:
    """Make the competition, in the open write transaction of `session`."""
    segments = read_segments(folder)
    competition = found(session)
    added = [add_round(session, competition, segment) for segment in segments]
    move(session, competition, CompetitionState.OPEN)
    seat_judges(session, competition, added)
    bring_in(session, competition, TableKind.TEAMS, team_rows(segments))
    move(session, competition, CompetitionState.JUDGING)
    for of, segment in zip(added, segments, strict=True):
        judge(session, competition, of, segment)
    move(session, competition, CompetitionState.CLOSED)
    move(session, competition, CompetitionState.ARCHIVED)
    return competition


def found(session: Session) -> Competition:
    competition = rounds.create_competition(
        session,
        actor=SYSTEM,
        settings=rounds.CompetitionSettings(
            slug=SLUG,
            name=LocalText(en="2018 Winter Olympics: figure skating", zh="2018 年冬奥会花样滑冰"),
            summary=LocalText(
                en="Programme components as nine judges scored them. "
                "Data: BuzzFeed News, CC BY 4.0.",
                zh="九名裁判的节目内容分。数据来源：BuzzFeed News，CC BY 4.0。",
            ),
            zone="Asia/Seoul",
        ),
        now=STARTED,
    )
    rounds.set_tracks(
        session,
        actor=SYSTEM,
        competition=competition,
        rows=[rounds.TrackRow(name=LocalText(en="Figure skating", zh="花样滑冰"))],
        revision=competition.revision,
        now=STARTED,
    )
    return competition


def in_chinese(segment: str) -> str:
    text = segment.replace(": ", "：")
    for english, chinese in SEGMENTS.items():
        text = text.replace(english, chinese)
    return text.replace(" ", "")


def add_round(session: Session, competition: Competition, segment: Segment) -> Round:
    of = rounds.add_round(
        session,
        actor=SYSTEM,
        competition=competition,
        settings=rounds.RoundSettings(
            name=LocalText(en=segment.name, zh=in_chinese(segment.name)),
            submissions_close_at=STARTED + timedelta(days=7),
            judging_closes_at=STARTED + timedelta(days=27),
            judges_per_entry=SEATS,
            is_blind=False,
            scoring=SCORING,
        ),
        now=STARTED,
    )
    rubrics.write_rubric(
        session,
        actor=SYSTEM,
        round_=of,
        weighting=Weighting.FACTOR,
        rows=[
            rubrics.CriterionRow(
                name=LocalText(en=name, zh=CRITERIA[name]),
                weight=segment.factor,
                scale_min=Decimal(0),
                scale_max=Decimal(10),
                step=Decimal("0.25"),
            )
            for name in segment.criteria
        ],
        revision=session.scalars(select(Rubric.revision).where(Rubric.round_id == of.id)).one(),
        now=STARTED,
    )
    return of


def seat_judges(session: Session, competition: Competition, of: Sequence[Round]) -> None:
    """Nine seats; the published file hides who sat where, and a seat is not one person."""
    for number in range(1, SEATS + 1):
        panels.add_judge(
            session,
            actor=SYSTEM,
            competition=competition,
            details=panels.JudgeDetails(
                name=f"J{number}",
                email=f"seat{number}@olympics.example",
                kind=OrganizationKind.INDUSTRY,
            ),
            rounds=of,
            now=STARTED,
        )


def team_rows(segments: Sequence[Segment]) -> Iterator[Mapping[str, str]]:
    skaters = {name: nation for segment in segments for name, nation in segment.skaters.values()}
    for number, (name, nation) in enumerate(sorted(skaters.items()), start=1):
        yield {
            "team": name,
            "school": nation,
            "captain_name": name,
            "captain_email": f"entry{number:03}@olympics.example",  # leads nowhere
        }


def judge(session: Session, competition: Competition, of: Round, segment: Segment) -> None:
    """Bring in entries and ratings of a segment, and publish its ranking."""
    now = STARTED + timedelta(days=8)
    numbers = {key: f"{place:02}" for place, key in enumerate(segment.skaters, start=1)}
    entries = [
        {"entry": numbers[key], "team": name, "title": name}
        for key, (name, _) in segment.skaters.items()
    ]
    bring_in(session, competition, TableKind.ENTRIES, entries, of)
    for target in (RoundState.RECEIVING, RoundState.SCREENING):
        move_round(session, of, target)
    mark_all_eligible(session, actor=SYSTEM, of=of, now=now)
    move_round(session, of, RoundState.ASSIGNING)
    ratings = [
        {"judge": seat, "entry": numbers[entry], "criterion": criterion, "score": score}
        for seat, entry, criterion, score in segment.ratings
    ]
    bring_in(session, competition, TableKind.RATINGS, ratings, of)
    for target in (RoundState.JUDGING, RoundState.LOCKED):
        move_round(session, of, target)
    run = results.compute(session, actor=SYSTEM, of=of, now=now)
    results.publish(session, actor=SYSTEM, run=run, instead_of=None, now=now)


def bring_in(
    session: Session,
    competition: Competition,
    kind: TableKind,
    rows: Sequence[Mapping[str, str]] | Iterator[Mapping[str, str]],
    of: Round | None = None,
) -> None:
    """Write the rows as a file, and import it as an organizer would."""
    listed = list(rows)
    headers = list(listed[0])
    data = write_csv(headers, [[row[header] for header in headers] for row in listed])
    filename = f"{kind.value}.csv"
    tables.run_import(
        session,
        actor=SYSTEM,
        competition=competition,
        kind=kind,
        table=tables.read(data, filename, kind, max_bytes=len(data)),
        of=of,
        source=tables.Source(
            filename, hashlib.sha256(data).hexdigest(), STARTED + timedelta(days=8)
        ),
    )


def move(session: Session, competition: Competition, target: CompetitionState) -> None:
    rounds.move_competition(
        session, actor=SYSTEM, competition=competition, target=target, is_sure=True, now=STARTED
    )


def move_round(session: Session, of: Round, target: RoundState) -> None:
    rounds.move_round(session, actor=SYSTEM, round_=of, target=target, is_sure=True, now=STARTED)
