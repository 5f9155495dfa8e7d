"""Submitting a scorecard: complete or not at all, locked afterwards, kept as a version."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any, cast

from sqlalchemy import CursorResult, func, insert, select, update
from sqlalchemy.orm import Session

from competition.errors import Conflict, Invalid, Problem
from competition.models import Assignment, ScorecardVersion
from competition.policies import Actor
from competition.queries.scorecards import (
    CriterionView,
    Mark,
    ScoringFacts,
    criteria_of,
    marks,
    points,
    total_of,
)
from competition.services.record import audit, plain
from competition.services.scorecards import filled as content
from competition.services.scorecards.saving import (
    OPEN_STATES,
    SCORECARD,
    Raced,
    Saved,
    open_assignment,
    twice,
)
from competition.vocabulary import AssignmentState, ScorecardState


def submit_scorecard(
    session: Session, *, actor: Actor, assignment_id: int, revision: int, now: datetime
) -> Saved:
    """Lock the scorecard as it is saved. Submitting it once more changes nothing.

    Raises
    ------
    Invalid
        A criterion without rating, a required reason that is missing.
    Conflict
        `changed_meanwhile`: it was changed since `revision` was read.
    NotFound, Forbidden, WrongState
        As `open_assignment`.
    """
    return twice(lambda: _submit(session, actor, assignment_id, revision, now))


def missing(criteria: Sequence[CriterionView], held: Sequence[Mark]) -> tuple[Problem, ...]:
    """What a scorecard needs before it can be submitted, each beside its field."""
    marked = {mark.criterion_id: mark for mark in held}
    problems = []
    for criterion in criteria:
        mark = marked[criterion.id]
        if mark.value is None:
            code, name = "rating_missing", f"rating-{criterion.id}"
        elif criterion.needs_reason(mark.value) and not mark.reason:
            code, name = "reason_missing", f"reason-{criterion.id}"
        else:
            continue
        value = "" if mark.value is None else content.plain(mark.value)
        problems.append(Problem.of(code, field=name, criterion=criterion.position, value=value))
    return tuple(problems)


def _submit(
    session: Session, actor: Actor, assignment_id: int, revision: int, now: datetime
) -> Saved:
    facts = open_assignment(session, actor=actor, assignment_id=assignment_id, now=now)
    assert facts.rubric_id is not None
    if facts.state is ScorecardState.SUBMITTED and revision == facts.revision - 1:
        return Saved(facts.revision, facts.saved_at, facts.state)
    if revision != facts.revision:
        raise Conflict("changed_meanwhile", revision=facts.revision)
    if facts.state is ScorecardState.SUBMITTED:
        return Saved(facts.revision, facts.saved_at, facts.state)
    criteria = criteria_of(session, facts.rubric_id)
    held = marks(session, rubric_id=facts.rubric_id, scorecard_id=facts.scorecard_id)
    problems = missing(criteria, held)
    if problems or facts.scorecard_id is None:
        raise Invalid(problems)
    _lock(session, facts, now)
    keep_version(session, actor, facts, criteria, held, ScorecardState.SUBMITTED, now)
    audit(
        session,
        actor=actor,
        action="submit_scorecard",
        now=now,
        thing=("scorecard", facts.scorecard_id),
        name=facts.entry_number,
        competition_id=facts.competition_id,
        before={"state": facts.state},
        after={"state": ScorecardState.SUBMITTED},
    )
    return Saved(facts.revision + 1, now, ScorecardState.SUBMITTED)


def _lock(session: Session, facts: ScoringFacts, now: datetime) -> None:
    """Move scorecard and assignment on, each only from the state that was seen."""
    locked = session.execute(
        update(SCORECARD)
        .where(
            SCORECARD.c.id == facts.scorecard_id,
            SCORECARD.c.revision == facts.revision,
            SCORECARD.c.state.in_(OPEN_STATES),
        )
        .values(
            state=ScorecardState.SUBMITTED,
            return_reason="",
            submitted_at=now,
            saved_at=now,
            revision=SCORECARD.c.revision + 1,
        )
    )
    done = session.execute(
        update(Assignment)
        .where(Assignment.id == facts.assignment_id, Assignment.state == AssignmentState.CONFIRMED)
        .values(state=AssignmentState.DONE)
        .execution_options(synchronize_session=False)
    )
    if rows(locked) != 1:
        raise Raced
    if rows(done) != 1:
        raise Conflict("changed_meanwhile")


def rows(result: Any) -> int:
    """How many rows a statement changed."""
    return cast("CursorResult[Any]", result).rowcount


def keep_version(
    session: Session,
    actor: Actor,
    facts: ScoringFacts,
    criteria: Sequence[CriterionView],
    held: Sequence[Mark],
    state: ScorecardState,
    now: datetime,
    return_reason: str = "",
) -> None:
    """Keep the scorecard as it stands, for good; its row is locked already."""
    document = _document(facts, criteria, held, return_reason)
    text = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    last = session.scalar(
        select(func.max(ScorecardVersion.version)).where(
            ScorecardVersion.scorecard_id == facts.scorecard_id
        )
    )
    session.execute(
        insert(ScorecardVersion),
        {
            "scorecard_id": facts.scorecard_id,
            "version": (last or 0) + 1,
            "state": state,
            "content": document,
            "digest": hashlib.sha256(text.encode()).hexdigest(),
            "saved_by": actor.account_id,
            "saved_at": now,
        },
    )


def _document(
    facts: ScoringFacts,
    criteria: Sequence[CriterionView],
    held: Sequence[Mark],
    return_reason: str,
) -> dict[str, Any]:
    marked = {mark.criterion_id: mark for mark in held}
    given = {key: mark.value for key, mark in marked.items() if mark.value is not None}
    total = total_of(criteria, given)
    return {
        "entry": facts.entry_number,
        "judge": facts.judge_id,
        "ratings": [
            {
                "criterion": item.id,
                "position": item.position,
                "name": plain(item.name),
                "value": content.plain(given[item.id]),
                "points": str(points(given[item.id], item.factor)),
                "reason": marked[item.id].reason,
            }
            for item in criteria
            if item.id in given
        ],
        "total": None if total is None else str(total),
        "comment": facts.comment,
        "note": facts.note,
        "return_reason": return_reason,
    }
