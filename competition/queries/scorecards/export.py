"""Every rating of a round that was submitted, row by row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from competition.models import (
    Account,
    Assignment,
    Criterion,
    Entry,
    Judge,
    LocalText,
    Rating,
    Scorecard,
    Track,
)
from competition.vocabulary import AssignmentState, ScorecardState


@dataclass(frozen=True)
class RatingRow:
    """One rating of a submitted scorecard."""

    judge: str
    entry: str
    track: LocalText
    criterion: LocalText
    score: Decimal
    reason: str


@dataclass(frozen=True)
class RemarkRow:
    """The two texts of a submitted scorecard."""

    judge: str
    entry: str
    comment: str
    note: str
    submitted_at: datetime | None


def judge_names(pairs: Iterable[tuple[int, str]]) -> dict[int, str]:
    """Names by number; two judges of one name are told apart by their numbers."""
    known = dict(pairs)
    often = Counter(known.values())
    return {
        number: name if often[name] == 1 else f"{name} ({number:02})"
        for number, name in known.items()
    }


def rating_rows(
    session: Session, *, round_id: int, hidden: Collection[int] = ()
) -> list[RatingRow]:
    """The ratings by track, entry, judge and criterion, without those of `hidden` entries."""
    rows = session.execute(
        select(
            Judge.number,
            Account.name,
            Entry.number,
            Track.name,
            Criterion.name,
            Rating.value,
            Rating.reason,
        )
        .select_from(Rating)
        .join(Criterion, Criterion.id == Rating.criterion_id)
        .join(Scorecard, Scorecard.id == Rating.scorecard_id)
        .join(Assignment, Assignment.id == Scorecard.assignment_id)
        .join(Judge, Judge.id == Assignment.judge_id)
        .join(Account, Account.id == Judge.account_id)
        .join(Entry, Entry.id == Assignment.entry_id)
        .join(Track, Track.id == Entry.track_id)
        .where(*_submitted(round_id, hidden))
        .order_by(Track.position, Entry.number, Judge.number, Criterion.position)
    )
    found = list(rows)
    names = judge_names((row[0], row[1]) for row in found)
    return [RatingRow(names[row[0]], *row[2:]) for row in found]


def remark_rows(
    session: Session, *, round_id: int, hidden: Collection[int] = ()
) -> list[RemarkRow]:
    """Comments and notes by entry and judge."""
    rows = session.execute(
        select(
            Judge.number,
            Account.name,
            Entry.number,
            Scorecard.comment,
            Scorecard.note,
            Scorecard.submitted_at,
        )
        .select_from(Scorecard)
        .join(Assignment, Assignment.id == Scorecard.assignment_id)
        .join(Judge, Judge.id == Assignment.judge_id)
        .join(Account, Account.id == Judge.account_id)
        .join(Entry, Entry.id == Assignment.entry_id)
        .where(*_submitted(round_id, hidden))
        .order_by(Entry.number, Judge.number)
    )
    found = list(rows)
    names = judge_names((row[0], row[1]) for row in found)
    return [RemarkRow(names[row[0]], *row[2:]) for row in found]


def _submitted(round_id: int, hidden: Collection[int]) -> tuple[ColumnElement[bool], ...]:
    return (
        Assignment.round_id == round_id,
        Assignment.state != AssignmentState.RECUSED,
        Scorecard.state == ScorecardState.SUBMITTED,
        Assignment.entry_id.not_in(hidden),
    )
