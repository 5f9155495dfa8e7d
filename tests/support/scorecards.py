"""Scorecards filled in, put straight into the database."""

from __future__ import annotations

from decimal import Decimal

from sqlalchemy.orm import Session

from competition.models import Assignment, Rating, Rubric, Scorecard
from competition.vocabulary import AssignmentState, ScorecardState
from tests.support.builders import NOW
from tests.support.storing import store, store_all


def fill_scorecard(
    session: Session,
    assignment: Assignment,
    rubric: Rubric,
    values: tuple[int | str, ...],
    state: ScorecardState = ScorecardState.SUBMITTED,
) -> Scorecard:
    """A scorecard with these ratings, in the order of the criteria."""
    scorecard = store(
        session,
        Scorecard,
        assignment=assignment,
        state=state,
        saved_at=NOW,
        submitted_at=NOW if state is ScorecardState.SUBMITTED else None,
        return_reason="check it again" if state is ScorecardState.RETURNED else "",
    )
    store_all(
        session,
        Rating,
        (
            {
                "scorecard_id": scorecard.id,
                "criterion_id": criterion.id,
                "scale_min": criterion.scale_min,
                "scale_max": criterion.scale_max,
                "value": Decimal(value),
            }
            for criterion, value in zip(rubric.criteria, values, strict=False)
        ),
    )
    rubric.frozen_at = rubric.frozen_at or NOW
    if state is ScorecardState.SUBMITTED:
        assignment.state = AssignmentState.DONE
    session.flush()
    return scorecard
