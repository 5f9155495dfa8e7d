"""A whole judged round at once: teams, entries, judges of different severity, scorecards."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from itertools import count
from random import Random
from typing import cast

from sqlalchemy import Table, func, select
from sqlalchemy.orm import Session

from competition.models import (
    Account,
    Assignment,
    Base,
    Competition,
    Entry,
    EntryVersion,
    Judge,
    LocalText,
    Organization,
    Rating,
    Round,
    Rubric,
    Scorecard,
    Team,
)
from competition.vocabulary import (
    AssignmentState,
    EntryState,
    OrganizationKind,
    RoundState,
    ScorecardState,
)
from tests.support.builders import NOW, make_competition, make_round, make_rubric

ADDITIVE = {"method": "additive", "unit": "scorecard", "round": {"total": 2}}
WORDS = ("assistant", "atlas", "planner", "companion", "matcher", "reader", "coach", "translator")
FIELDS = (
    ("lessons", "课堂"),
    ("field trips", "研学"),
    ("school kitchens", "食堂"),
    ("rare books", "古籍"),
    ("physics labs", "物理实验"),
    ("reading groups", "阅读小组"),
    ("clinic visits", "门诊"),
    ("sign language", "手语"),
    ("music practice", "音乐练习"),
    ("spoken English", "口语"),
)


@dataclass(frozen=True)
class Judged:
    """What was made, for tests to look at."""

    competition: Competition
    round: Round
    rubric: Rubric
    entry_ids: tuple[int, ...]


def make_judged_round(
    session: Session,
    *,
    entries: int = 6,
    tracks: Sequence[str] = ("Learning", "Health"),
    judges: int = 5,
    per_entry: int = 3,
    weights: tuple[int, ...] = (60, 40),
    scoring: dict[str, object] | None = None,
    state: RoundState = RoundState.LOCKED,
    slug: str = "aiac-2026",
    seed: int = 1,
) -> Judged:
    """`entries` in each track, all scored; judges take turns, so all are connected."""
    competition = make_competition(session, slug=slug, tracks=tuple(tracks))
    of = make_round(session, competition, state=state, scoring=scoring or ADDITIVE)
    rubric = make_rubric(session, of, weights, frozen_at=NOW)
    draw = Random(seed)
    ids = _ids(session)
    judge_ids = _judges(session, ids, competition, judges)
    entry_ids = _entries(session, ids, of, entries, draw)
    _scorecards(session, ids, of, rubric, entry_ids, judge_ids, per_entry, draw)
    session.expire_all()
    return Judged(competition, of, rubric, tuple(entry_ids))


Ids = dict[str, "count[int]"]


def _ids(session: Session) -> Ids:
    """Free ids of every table that is filled in bulk."""
    kinds = (Account, Organization, Judge, Team, Entry, Assignment, Scorecard)
    last = session.execute(select(*(select(func.max(kind.id)).scalar_subquery() for kind in kinds)))
    return {
        kind.__tablename__: count((used or 0) + 1_000_000)  # far from what a sequence gives
        for kind, used in zip(kinds, last.one(), strict=True)
    }


def _add(session: Session, kind: type[Base], rows: Sequence[dict[str, object]]) -> None:
    session.connection().execute(cast(Table, kind.__table__).insert(), rows)


def _judges(session: Session, ids: Ids, competition: Competition, number: int) -> list[int]:
    accounts = [
        {
            "id": next(ids["account"]),
            "email": f"judge{k}.{competition.slug}@bench.example",
            "name": f"Judge Secretname {k}",
            "created_at": NOW,
        }
        for k in range(1, number + 1)
    ]
    _add(session, Account, accounts)
    judges = [
        {
            "id": next(ids["judge"]),
            "competition_id": competition.id,
            "account_id": account["id"],
            "number": k,
            "kind": OrganizationKind.SCHOOL if k % 2 else OrganizationKind.INDUSTRY,
        }
        for k, account in enumerate(accounts, start=1)
    ]
    _add(session, Judge, judges)
    return [int(judge["id"]) for judge in judges]  # type: ignore[call-overload]


def _entries(session: Session, ids: Ids, of: Round, each: int, draw: Random) -> list[int]:
    competition = of.competition
    schools = [
        {
            "id": next(ids["organization"]),
            "competition_id": competition.id,
            "key": f"school {letter}",
            "name": LocalText(en=f"School {letter.upper()}", zh=f"{letter.upper()} 校"),
            "kind": OrganizationKind.SCHOOL,
        }
        for letter in "abcdefghijkl"
    ]
    _add(session, Organization, schools)
    teams: list[dict[str, object]] = []
    entries: list[dict[str, object]] = []
    for track in competition.tracks:
        for _ in range(each):
            number = len(teams) + 1
            team_id, (english, chinese) = next(ids["team"]), draw.choice(FIELDS)
            teams.append(
                {
                    "id": team_id,
                    "competition_id": competition.id,
                    "name": f"Team {number:02}",
                    "organization_id": draw.choice(schools)["id"],
                    "registered_at": NOW,
                }
            )
            word = draw.choice(WORDS)
            entries.append(
                {
                    "id": next(ids["entry"]),
                    "round_id": of.id,
                    "team_id": team_id,
                    "track_id": track.id,
                    "number": f"E-{number:03}",
                    "title": LocalText(
                        en=f"{word.capitalize()} for {english} {number}",
                        zh=f"{chinese}助手 {number} 号",
                    ),
                    "summary": LocalText(en="It helps."),
                    "state": EntryState.ELIGIBLE,
                    "created_at": NOW,
                }
            )
    _add(session, Team, teams)
    _add(session, Entry, entries)
    _add(
        session,
        EntryVersion,
        [
            {
                "entry_id": entry["id"],
                "version": 1,
                "content": {},
                "digest": "0" * 64,
                "submitted_at": NOW - timedelta(days=1),
            }
            for entry in entries
        ],
    )
    return [int(entry["id"]) for entry in entries]  # type: ignore[call-overload]


def _scorecards(
    session: Session,
    ids: Ids,
    of: Round,
    rubric: Rubric,
    entry_ids: Sequence[int],
    judge_ids: Sequence[int],
    per_entry: int,
    draw: Random,
) -> None:
    severity = {judge: draw.gauss(0, 0.9) for judge in judge_ids}
    assignments, cards, ratings = [], [], []
    for place, entry_id in enumerate(entry_ids):
        quality = draw.gauss(6, 1.5)
        for turn in range(per_entry):
            judge = judge_ids[(place * (per_entry - 1) + turn) % len(judge_ids)]
            assignment, card = next(ids["assignment"]), next(ids["scorecard"])
            assignments.append(
                {
                    "id": assignment,
                    "round_id": of.id,
                    "entry_id": entry_id,
                    "judge_id": judge,
                    "state": AssignmentState.DONE,
                    "created_at": NOW,
                }
            )
            cards.append(
                {
                    "id": card,
                    "assignment_id": assignment,
                    "state": ScorecardState.SUBMITTED,
                    "comment": f"Said to entry {place + 1}.",
                    "saved_at": NOW,
                    "submitted_at": NOW,
                }
            )
            for criterion in rubric.criteria:
                given = round(quality - severity[judge] + draw.gauss(0, 0.8))
                ratings.append(
                    {
                        "scorecard_id": card,
                        "criterion_id": criterion.id,
                        "scale_min": criterion.scale_min,
                        "scale_max": criterion.scale_max,
                        "value": Decimal(min(10, max(1, given))),
                    }
                )
    _add(session, Assignment, assignments)
    _add(session, Scorecard, cards)
    _add(session, Rating, ratings)
