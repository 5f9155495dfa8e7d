"""Competitions with their tracks and rounds."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, selectinload

from competition.models import Competition
from competition.policies import Actor
from competition.vocabulary import CompetitionState


def competition_by_slug(session: Session, slug: str) -> Competition | None:
    """The competition with tracks and rounds loaded."""
    return session.scalar(
        select(Competition)
        .where(Competition.slug == slug)
        .options(selectinload(Competition.tracks), selectinload(Competition.rounds))
    )


def competitions_for(session: Session, actor: Actor) -> Sequence[Competition]:
    """What the actor may see: listed ones, and drafts the actor has a part in; newest first."""
    statement = (
        select(Competition)
        .options(selectinload(Competition.tracks), selectinload(Competition.rounds))
        .order_by(Competition.created_at.desc(), Competition.id.desc())
    )
    if not actor.is_operator:
        own = {competition_id for competition_id, _ in actor.roles}
        statement = statement.where(
            or_(Competition.state != CompetitionState.DRAFT, Competition.id.in_(own))
        )
    return session.scalars(statement).all()
