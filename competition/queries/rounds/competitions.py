"""Competitions with their tracks and rounds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import bindparam, func, or_, select
from sqlalchemy.orm import Session, selectinload

from competition.models import Competition, Entry, Publication, Rubric, Team, judge_track
from competition.policies import Actor
from competition.vocabulary import CompetitionState

BY_SLUG = select(Competition).where(Competition.slug == bindparam("slug"))
"""Built once: most addresses begin with a competition."""


def competition_by_slug(session: Session, slug: str) -> Competition | None:
    """The competition; its tracks and rounds are read by who looks at them."""
    return session.scalar(BY_SLUG, {"slug": slug})


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


def published_rounds(session: Session, round_ids: Iterable[int]) -> frozenset[int]:
    """Those of the rounds whose results are public now."""
    return frozenset(
        session.scalars(
            select(Publication.round_id).where(
                Publication.round_id.in_(list(round_ids)), Publication.withdrawn_at.is_(None)
            )
        )
    )


def rounds_with_rubric(session: Session, round_ids: Iterable[int]) -> frozenset[int]:
    """Those of the rounds whose rubric has criteria."""
    return frozenset(
        session.scalars(
            select(Rubric.round_id)
            .join(Rubric.criteria)
            .where(Rubric.round_id.in_(list(round_ids)))
            .distinct()
        )
    )


def team_count(session: Session, *, competition_id: int) -> int:
    """The registered teams."""
    return (
        session.scalar(select(func.count(Team.id)).where(Team.competition_id == competition_id))
        or 0
    )


def track_uses(session: Session, track_ids: Sequence[int]) -> Mapping[int, tuple[int, int]]:
    """For each track that is used: its entries, and the judges bound to it."""
    entries: Counter[int] = Counter(
        session.scalars(select(Entry.track_id).where(Entry.track_id.in_(track_ids)))
    )
    judges: Counter[int] = Counter(
        session.scalars(select(judge_track.c.track_id).where(judge_track.c.track_id.in_(track_ids)))
    )
    return {key: (entries[key], judges[key]) for key in entries.keys() | judges.keys()}
