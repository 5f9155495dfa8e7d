"""What goes into a ranking: the submitted ratings of a round, and its rule book."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from competition.models import (
    Account,
    Assignment,
    Criterion,
    Entry,
    Judge,
    Rating,
    Round,
    Rubric,
    Scorecard,
    Track,
)
from competition.scoring.rulebook import RuleBook
from competition.vocabulary import (
    JUDGEABLE_ENTRY_STATES,
    AssignmentState,
    Method,
    ScorecardState,
)

if TYPE_CHECKING:
    from competition.scoring import Ratings


@dataclass(frozen=True, eq=False)
class RoundRatings:
    """All that a ranking of one round is computed from.

    Here, and nowhere else, ids become positions of arrays: position k of `ratings.entries` is
    the entry `entry_ids[k]` in the track `track_ids[k]`, of `ratings.judges` the judge
    `judge_ids[k]`, of `ratings.criteria` the k-th criterion of the rubric.
    """

    ratings: Ratings | None
    """None: not one scorecard is in. Labels are entry numbers and judge numbers."""
    entry_ids: tuple[int, ...]
    judge_ids: tuple[int, ...]
    track_ids: tuple[int, ...]
    track_positions: tuple[int, ...]
    scorecards: int
    missing: int
    """Confirmed assignments whose scorecard is not submitted."""
    digest: str
    """sha256 over one line per entry, then one per rating; see `digest_of`."""


def ratings_of_round(session: Session, *, round_id: int) -> RoundRatings:
    """The ratings of submitted scorecards, of entries that take part, by judges not recused.

    Entries without a scorecard are in as well: they stand unscored. Everything is in canonical
    order (entry number, judge number, criterion), whatever the database sorts by.
    """
    entries = sorted(
        session.execute(
            select(Entry.number, Entry.id, Entry.track_id, Track.position)
            .join(Entry.track)
            .where(Entry.round_id == round_id, Entry.state.in_(JUDGEABLE_ENTRY_STATES))
        )
    )
    numbers = {number for number, *_rest in entries}
    rows = sorted(row for row in session.execute(_submitted(round_id)) if row[0] in numbers)
    criteria = session.scalars(_criteria(round_id)).all()
    judges = sorted({(judge, judge_id) for _entry, judge, _criterion, _value, judge_id in rows})
    return RoundRatings(
        ratings=_arrays(entries, judges, criteria, rows) if rows else None,
        entry_ids=tuple(entry_id for _number, entry_id, *_rest in entries),
        judge_ids=tuple(judge_id for _number, judge_id in judges),
        track_ids=tuple(track_id for _number, _id, track_id, _position in entries),
        track_positions=tuple(position for _number, _id, _track, position in entries),
        scorecards=len({(entry, judge) for entry, judge, *_rest in rows}),
        missing=session.scalars(_missing(round_id)).one(),
        digest=digest_of(
            ((number, position) for number, _id, _track, position in entries),
            ((entry, judge, criterion, value) for entry, judge, criterion, value, _id in rows),
        ),
    )


def digest_of(
    entries: Iterable[tuple[str, int]], ratings: Iterable[tuple[str, int, int, Decimal]]
) -> str:
    """sha256 of the canonical text of the inputs, as 64 hexadecimal digits.

    One line per entry (number, position of its track), then one per rating (entry number, judge
    number, position of the criterion, exact decimal); parted by tabs, ended by line feeds, UTF-8.
    """
    text = hashlib.sha256()
    for number, track in entries:
        text.update(f"{number}\t{track}\n".encode())
    for entry, judge, criterion, value in ratings:
        text.update(f"{entry}\t{judge}\t{criterion}\t{value:f}\n".encode())
    return text.hexdigest()


def rulebook_of_round(session: Session, *, of: Round, method: Method | None = None) -> RuleBook:
    """The rule book that the round declares; `method` asks what another one would give.

    Raises
    ------
    BadRules
        The round's scoring rules and its rubric do not fit together.
    """
    rubric = session.scalar(
        select(Rubric).where(Rubric.round_id == of.id).options(selectinload(Rubric.criteria))
    )
    scoring: dict[str, Any] = dict(of.scoring)
    if rubric is not None:
        scoring["weighting"] = rubric.weighting.value
    if method is not None:
        scoring["method"] = method.value
    criteria = [] if rubric is None else rubric.criteria
    return RuleBook.from_dict(
        {
            "scoring": scoring,
            "criteria": [
                {
                    "name": name,
                    "weight": float(item.weight),
                    "scale": [float(item.scale_min), float(item.scale_max)],
                    "step": float(item.step),
                }
                for name, item in zip(criterion_names(criteria), criteria, strict=True)
            ],
        }
    )


def criterion_names(criteria: Sequence[Criterion]) -> tuple[str, ...]:
    """One name a criterion, each different: two of the same name are told apart by position."""
    names = [str(item.name) or f"#{item.position}" for item in criteria]
    return tuple(
        name if names.count(name) == 1 else f"{name} #{item.position}"
        for name, item in zip(names, criteria, strict=True)
    )


@dataclass(frozen=True)
class MissingScorecards:
    """How many scorecards one judge still owes."""

    judge_number: int
    judge_name: str
    entries: int


def missing_scorecards(session: Session, *, round_id: int) -> Sequence[MissingScorecards]:
    """The judges whose scorecards are not in, most of them first."""
    statement = (
        _missing(round_id)
        .with_only_columns(Judge.number, Account.name, func.count())
        .join(Assignment.judge)
        .join(Judge.account)
        .group_by(Judge.number, Account.name)
        .order_by(func.count().desc(), Judge.number)
    )
    return [MissingScorecards(*row) for row in session.execute(statement)]


def _submitted(round_id: int) -> Any:
    return (
        select(Entry.number, Judge.number, Criterion.position, Rating.value, Judge.id)
        .select_from(Rating)
        .join(Scorecard, Scorecard.id == Rating.scorecard_id)
        .join(Assignment, Assignment.id == Scorecard.assignment_id)
        .join(Entry, Entry.id == Assignment.entry_id)
        .join(Judge, Judge.id == Assignment.judge_id)
        .join(Criterion, Criterion.id == Rating.criterion_id)
        .where(
            Assignment.round_id == round_id,
            Assignment.state != AssignmentState.RECUSED,
            Scorecard.state == ScorecardState.SUBMITTED,
            Entry.state.in_(JUDGEABLE_ENTRY_STATES),
        )
    )


def _criteria(round_id: int) -> Any:
    return (
        select(Criterion)
        .join(Criterion.rubric)
        .where(Rubric.round_id == round_id)
        .order_by(Criterion.position)
    )


def _missing(round_id: int) -> Any:
    return (
        select(func.count())
        .select_from(Assignment)
        .join(Assignment.entry)
        .outerjoin(Scorecard, Scorecard.assignment_id == Assignment.id)
        .where(
            Assignment.round_id == round_id,
            Assignment.state.in_((AssignmentState.CONFIRMED, AssignmentState.DONE)),
            Entry.state.in_(JUDGEABLE_ENTRY_STATES),
            func.coalesce(Scorecard.state, ScorecardState.DRAFT) != ScorecardState.SUBMITTED,
        )
    )


def _arrays(
    entries: Sequence[tuple[str, int, int, int]],
    judges: Sequence[tuple[int, int]],
    criteria: Sequence[Criterion],
    rows: Sequence[tuple[str, int, int, Decimal, int]],
) -> Ratings:
    import numpy as np

    from competition.scoring import Ratings

    entry_at = {number: place for place, (number, *_rest) in enumerate(entries)}
    judge_at = {number: place for place, (number, _id) in enumerate(judges)}
    criterion_at = {item.position: place for place, item in enumerate(criteria)}
    tracks = sorted({position for *_rest, position in entries})
    return Ratings(
        entry=np.array([entry_at[row[0]] for row in rows], dtype=np.int64),
        judge=np.array([judge_at[row[1]] for row in rows], dtype=np.int64),
        criterion=np.array([criterion_at[row[2]] for row in rows], dtype=np.int64),
        value=np.array([float(row[3]) for row in rows], dtype=np.float64),
        entries=tuple(entry_at),
        judges=tuple(judge_at),
        criteria=criterion_names(criteria),
        track=np.array([tracks.index(position) for *_rest, position in entries], dtype=np.int64),
        tracks=tuple(tracks),
    )
