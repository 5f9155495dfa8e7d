"""The rubric of a round."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from competition.models import Criterion, Rubric


def rubric_of(session: Session, round_id: int) -> Rubric | None:
    """The rubric with its criteria and their levels; three statements."""
    return session.scalar(
        select(Rubric)
        .where(Rubric.round_id == round_id)
        .options(selectinload(Rubric.criteria).selectinload(Criterion.levels))
    )
