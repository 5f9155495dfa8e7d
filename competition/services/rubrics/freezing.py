"""Freezing a rubric: scores depend on it from now on."""

from __future__ import annotations

from datetime import datetime
from typing import cast

from sqlalchemy import CursorResult, select, update
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from competition.errors import Conflict
from competition.models import Rubric
from competition.policies import Actor
from competition.services.record import audit


def freeze(session: Session, *, actor: Actor, rubric: Rubric, now: datetime) -> None:
    """Make sure that nobody changes the rubric any more; the caller is about to score by it.

    Costs nothing when it is frozen already. Otherwise the revision that `rubric` was loaded with
    is what gets frozen.

    Raises
    ------
    Conflict
        Somebody changed the rubric after it was loaded: the scores would mean something else.
    """
    if rubric.frozen_at is not None:
        return
    frozen = cast(
        "CursorResult[tuple[int]]",
        session.execute(
            update(Rubric)
            .where(
                Rubric.id == rubric.id,
                Rubric.revision == rubric.revision,
                Rubric.frozen_at.is_(None),
            )
            .values(frozen_at=now)
            .execution_options(synchronize_session=False)
        ),
    )
    frozen_at, revision = session.execute(
        select(Rubric.frozen_at, Rubric.revision).where(Rubric.id == rubric.id)
    ).one()
    if revision != rubric.revision:
        raise Conflict("changed_meanwhile")
    set_committed_value(rubric, "frozen_at", frozen_at)
    if frozen.rowcount:
        audit(
            session,
            actor=actor,
            action="freeze_rubric",
            now=now,
            thing=rubric,
            name=str(rubric.round.name),
            competition_id=rubric.round.competition_id,
            before={"frozen_at": None},
            after={"frozen_at": frozen_at},
        )
