"""Giving a submitted scorecard back to its judge."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from competition.errors import Conflict, Invalid, NotFound, WrongState
from competition.models import Assignment
from competition.policies import Actor, Permission, can
from competition.queries.scorecards import ScoringFacts, criteria_of, marks, scoring_facts
from competition.services.record import audit
from competition.services.scorecards.filled import REASON_LIMIT
from competition.services.scorecards.saving import SCORECARD
from competition.services.scorecards.submitting import keep_version, rows
from competition.vocabulary import AssignmentState, RoundState, ScorecardState


def return_scorecard(
    session: Session, *, actor: Actor, assignment_id: int, reason: str, now: datetime
) -> None:
    """Unlock a submitted scorecard for its judge, who reads the reason; it must be submitted again.

    Raises
    ------
    NotFound
        There is no scorecard, or the actor must not know of it.
    Invalid
        No reason was given, or it is too long.
    WrongState
        It is not submitted, or the round's scores are locked.
    """
    facts = scoring_facts(session, assignment_id, locking=True)
    if facts is None or not can(actor, Permission.RETURN_SCORECARD, facts.subject):
        raise NotFound
    reason = reason.strip()
    if not reason:
        raise Invalid.one("return_reason_missing", field="reason")
    if len(reason) > REASON_LIMIT:
        raise Invalid.one("too_long", field="reason", limit=REASON_LIMIT)
    if facts.round_state is not RoundState.JUDGING:
        raise WrongState("round_not_judging", state=facts.round_state.value)
    if facts.scorecard_id is None or facts.rubric_id is None:
        raise NotFound
    if facts.state is not ScorecardState.SUBMITTED:
        raise WrongState("scorecard_not_submitted")
    _unlock(session, facts, reason)
    criteria = criteria_of(session, facts.rubric_id)
    held = marks(session, rubric_id=facts.rubric_id, scorecard_id=facts.scorecard_id)
    keep_version(session, actor, facts, criteria, held, ScorecardState.RETURNED, now, reason)
    audit(
        session,
        actor=actor,
        action="return_scorecard",
        now=now,
        thing=("scorecard", facts.scorecard_id),
        name=facts.entry_number,
        competition_id=facts.competition_id,
        before={"state": ScorecardState.SUBMITTED},
        after={"state": ScorecardState.RETURNED, "reason": reason},
    )


def _unlock(session: Session, facts: ScoringFacts, reason: str) -> None:
    changed = session.execute(
        update(SCORECARD)
        .where(
            SCORECARD.c.id == facts.scorecard_id,
            SCORECARD.c.revision == facts.revision,
            SCORECARD.c.state == ScorecardState.SUBMITTED,
        )
        .values(
            state=ScorecardState.RETURNED,
            return_reason=reason,
            submitted_at=None,
            revision=SCORECARD.c.revision + 1,
        )
    )
    if rows(changed) != 1:
        raise Conflict("changed_meanwhile")
    session.execute(
        update(Assignment)
        .where(Assignment.id == facts.assignment_id, Assignment.state == AssignmentState.DONE)
        .values(state=AssignmentState.CONFIRMED)
        .execution_options(synchronize_session=False)
    )
