"""The rubric of a round, and those that could be taken over."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, contains_eager, selectinload

from competition.models import Competition, Criterion, Round, Rubric
from competition.policies import Actor
from competition.vocabulary import Role


def rubric_of(session: Session, round_id: int) -> Rubric | None:
    """The rubric with its criteria and their levels; three statements."""
    return session.scalar(
        select(Rubric)
        .where(Rubric.round_id == round_id)
        .options(selectinload(Rubric.criteria).selectinload(Criterion.levels))
    )


def copyable_rounds(session: Session, *, actor: Actor, but: Round) -> Sequence[Round]:
    """Rounds with a rubric that the actor may take over, the newest competition first."""
    statement = (
        select(Round)
        .join(Round.competition)
        .where(
            Round.id != but.id,
            select(Criterion.id).join(Criterion.rubric).where(Rubric.round_id == Round.id).exists(),
        )
        .options(contains_eager(Round.competition))
        .order_by(Competition.created_at.desc(), Competition.id, Round.position)
    )
    if not actor.is_operator:
        seen = {
            competition_id
            for competition_id, role in actor.roles
            if role in {Role.ORGANIZER, Role.COMMITTEE, Role.OBSERVER}
        }
        statement = statement.where(Competition.id.in_(seen))
    return session.scalars(statement).all()
