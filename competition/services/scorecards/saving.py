"""Saving a draft, as often as the judge types: few statements, the same number every time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, TypeVar, cast

from sqlalchemy import Connection, CursorResult, Executable, Table, and_, bindparam, delete, update
from sqlalchemy.orm import Session

from competition.errors import Conflict, Forbidden, Invalid, NotFound, Problem, WrongState
from competition.models import Rating, Rubric, Scorecard
from competition.policies import Actor, Permission, can
from competition.policies.deadlines import is_in_time
from competition.queries.scorecards import Mark, ScoringFacts, marks, scoring_facts
from competition.queries.scorecards.facts import Source
from competition.services.record import audit
from competition.services.rubrics import freeze
from competition.services.scorecards.filled import (
    Change,
    Filled,
    before_and_after,
    change_between,
    problems_of,
)
from competition.vocabulary import JUDGEABLE_ENTRY_STATES, RoundState, ScorecardState

SCORECARD = cast(Table, Scorecard.__table__)
RATING = cast(Table, Rating.__table__)
OPEN_STATES = (ScorecardState.DRAFT, ScorecardState.RETURNED)

Answer = TypeVar("Answer")


class Raced(Exception):
    """Another request wrote the scorecard between our look and our write."""


@dataclass(frozen=True)
class Saved:
    """How the scorecard stands after saving."""

    revision: int
    saved_at: datetime | None
    state: ScorecardState | None
    problems: tuple[Problem, ...] = ()
    """What was left out, of a save that takes what it can."""


def own_assignment(
    source: Source, *, actor: Actor, assignment_id: int, locking: bool = False
) -> ScoringFacts:
    """The assignment, if the actor is its judge and may see the entry.

    Raises
    ------
    NotFound, Forbidden
        It is not the actor's, or the actor has stepped back.
    WrongState
        Judge and team are connected.
    """
    facts = scoring_facts(source, assignment_id, locking=locking)
    if facts is None or not can(actor, Permission.VIEW_ASSIGNMENT, facts.subject):
        raise NotFound
    if not can(actor, Permission.JUDGE_ENTRY, facts.subject):
        raise Forbidden(permission=Permission.JUDGE_ENTRY.value)
    if facts.is_in_conflict:
        raise WrongState("conflict_of_interest", entry=facts.entry_number)
    return facts


def why_closed(facts: ScoringFacts, now: datetime) -> WrongState | None:
    """Why nobody may score this entry at `now`, or None."""
    if facts.entry_state not in JUDGEABLE_ENTRY_STATES:
        return WrongState("entry_not_judged", entry=facts.entry_number)
    if facts.round_state is not RoundState.JUDGING:
        return WrongState("round_not_judging", state=facts.round_state.value)
    if not is_in_time(now, facts.judging_closes_at):
        return WrongState("judging_closed")
    return WrongState("no_rubric") if facts.rubric_id is None else None


def open_assignment(
    source: Source, *, actor: Actor, assignment_id: int, now: datetime
) -> ScoringFacts:
    """`own_assignment`, with the round held in its state, if it may be scored; else WrongState."""
    facts = own_assignment(source, actor=actor, assignment_id=assignment_id, locking=True)
    if closed := why_closed(facts, now):
        raise closed
    return facts


def save_draft(
    session: Session,
    *,
    actor: Actor,
    assignment_id: int,
    filled: Filled,
    revision: int,
    now: datetime,
    partly: bool = False,
) -> Saved:
    """Store what was filled in; criteria may be left open. The first save freezes the rubric.

    The same content again changes nothing and is no conflict. With `partly`, fields with a
    problem keep what was stored and are named in the answer; otherwise nothing is stored.

    Raises
    ------
    Invalid
        A rating off its scale or step, a criterion of another rubric, a text too long.
    Conflict
        `changed_meanwhile`: other content was saved since `revision` was read.
    NotFound, Forbidden, WrongState
        As `open_assignment`; also once the scorecard is submitted.
    """

    def attempt() -> Saved:
        return _save(session, actor, assignment_id, filled, revision, now, partly)

    return twice(attempt)


def twice(attempt: Callable[[], Answer]) -> Answer:
    """Look again once when another request came between; what it wrote then decides."""
    try:
        return attempt()
    except Raced:
        try:
            return attempt()
        except Raced:
            raise Conflict("changed_meanwhile") from None


def _save(
    session: Session,
    actor: Actor,
    assignment_id: int,
    filled: Filled,
    revision: int,
    now: datetime,
    partly: bool,
) -> Saved:
    connection = session.connection()
    facts = open_assignment(connection, actor=actor, assignment_id=assignment_id, now=now)
    assert facts.rubric_id is not None
    rubric = None if facts.rubric_frozen_at else session.get_one(Rubric, facts.rubric_id)
    held = marks(connection, rubric_id=facts.rubric_id, scorecard_id=facts.scorecard_id)
    problems = problems_of(filled, held)
    if problems:
        if not partly:
            raise Invalid(problems)
        filled = filled.without(frozenset(p.field or "" for p in problems), facts, held)
    change = change_between(facts, held, filled)
    if not change:
        return Saved(facts.revision, facts.saved_at, facts.state, problems)
    if facts.state is ScorecardState.SUBMITTED:
        raise WrongState("scorecard_submitted", entry=facts.entry_number)
    if revision != facts.revision:
        raise Conflict("changed_meanwhile", revision=facts.revision)
    if rubric is not None:
        freeze(session, actor=actor, rubric=rubric, now=now)
    scorecard_id = _write_head(connection, facts, filled, now)
    _write_ratings(connection, scorecard_id, change)
    before, after = before_and_after(facts, change)
    audit(
        session,
        actor=actor,
        action="save_draft",
        now=now,
        thing=("scorecard", scorecard_id),
        name=facts.entry_number,
        competition_id=facts.competition_id,
        before=before,
        after=after,
    )
    return Saved(facts.revision + 1, now, facts.state or ScorecardState.DRAFT, problems)


UPDATE_HEAD = (
    update(SCORECARD)
    .where(
        SCORECARD.c.id == bindparam("scorecard_id"),
        SCORECARD.c.revision == bindparam("known_revision"),
        SCORECARD.c.state != ScorecardState.SUBMITTED,
    )
    .values(
        comment=bindparam("comment"),
        note=bindparam("note"),
        saved_at=bindparam("saved_at"),
        revision=SCORECARD.c.revision + 1,
    )
)


def _write_head(connection: Connection, facts: ScoringFacts, filled: Filled, now: datetime) -> int:
    """Make or update the scorecard itself; Raced if another request did so first."""
    texts = {"comment": filled.comment, "note": filled.note, "saved_at": now}
    if facts.scorecard_id is None:
        values = {
            **texts,
            "assignment_id": facts.assignment_id,
            "state": ScorecardState.DRAFT,
            "return_reason": "",
            "revision": 1,
        }
        made = connection.scalar(statements(connection).new_head, values)
        if made is None:
            raise Raced
        return cast(int, made)
    changed = cast(
        "CursorResult[Any]",
        connection.execute(
            UPDATE_HEAD,
            {**texts, "scorecard_id": facts.scorecard_id, "known_revision": facts.revision},
        ),
    )
    if changed.rowcount != 1:
        raise Raced
    return facts.scorecard_id


def _write_ratings(connection: Connection, scorecard_id: int, change: Change) -> None:
    if change.ratings:
        connection.execute(
            statements(connection).ratings,
            [_row(scorecard_id, mark, value, why) for mark, value, why in change.ratings],
        )
    if change.cleared:
        connection.execute(
            delete(RATING).where(
                and_(
                    RATING.c.scorecard_id == scorecard_id,
                    RATING.c.criterion_id.in_([mark.criterion_id for mark in change.cleared]),
                )
            )
        )


def _row(scorecard_id: int, mark: Mark, value: Any, reason: str) -> dict[str, Any]:
    return {
        "scorecard_id": scorecard_id,
        "criterion_id": mark.criterion_id,
        "scale_min": mark.scale_min,
        "scale_max": mark.scale_max,
        "value": value,
        "reason": reason,
    }


@dataclass(frozen=True)
class Statements:
    """What inserts, in the words of one database; built once."""

    new_head: Executable
    ratings: Executable


@cache
def _statements(dialect: str) -> Statements:
    if dialect == "postgresql":
        from sqlalchemy.dialects import postgresql  # megabytes that SQLite does without

        insert = postgresql.insert
    else:
        from sqlalchemy.dialects import sqlite

        insert = sqlite.insert  # type: ignore[assignment]
    rating = insert(RATING)
    return Statements(
        insert(SCORECARD)
        .on_conflict_do_nothing(index_elements=["assignment_id"])
        .returning(SCORECARD.c.id),
        rating.on_conflict_do_update(
            index_elements=["scorecard_id", "criterion_id"],
            set_={"value": rating.excluded.value, "reason": rating.excluded.reason},
        ),
    )


def statements(connection: Connection) -> Statements:
    return _statements(connection.dialect.name)
