"""Writing the rubric of a round, and taking it over from another round."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from competition.errors import Conflict, Invalid, NotFound, WrongState
from competition.models import Criterion, Level, Round, Rubric
from competition.policies import Actor, Permission, authorize
from competition.queries.rubrics import rubric_of
from competition.services.record import audit, plain
from competition.services.rubrics.rows import CriterionRow, LevelRow, rubric_problems
from competition.vocabulary import Weighting


def write_rubric(
    session: Session,
    *,
    actor: Actor,
    round_: Round,
    weighting: Weighting,
    rows: Sequence[CriterionRow],
    revision: int,
    now: datetime,
) -> Rubric:
    """Make the rubric of the round what `rows` says, in that order.

    Raises
    ------
    WrongState
        A scorecard exists: the rubric is frozen.
    Conflict
        Somebody else changed the rubric since `revision` (0: there was none yet).
    Invalid
        Everything wrong with the rows.
    """
    authorize(actor, Permission.MANAGE_COMPETITION, round_)
    rubric = _lock(session, round_, revision)
    problems = list(rubric_problems(weighting, rows))
    if problems:
        raise Invalid(problems)
    before = document(rubric)
    rubric.weighting = weighting
    flag_modified(rubric, "weighting")  # so that the revision grows with any change
    rubric.criteria.clear()
    session.flush()
    rubric.criteria = [_criterion(position, row) for position, row in enumerate(rows, start=1)]
    session.flush()
    audit(
        session,
        actor=actor,
        action="write_rubric",
        now=now,
        thing=rubric,
        name=str(round_.name),
        competition_id=round_.competition_id,
        before=before,
        after=document(rubric),
    )
    return rubric


def copy_rubric(
    session: Session,
    *,
    actor: Actor,
    round_: Round,
    source: Round,
    revision: int,
    now: datetime,
) -> Rubric:
    """Replace the rubric of the round by that of another round the actor may read."""
    authorize(actor, Permission.OVERSEE_COMPETITION, source)
    found = rubric_of(session, source.id)
    if found is None or not found.criteria:
        raise NotFound
    return write_rubric(
        session,
        actor=actor,
        round_=round_,
        weighting=found.weighting,
        rows=[_row(criterion) for criterion in found.criteria],
        revision=revision,
        now=now,
    )


def _lock(session: Session, round_: Round, revision: int) -> Rubric:
    """The round's rubric, held until the end of the transaction; a new one if there is none."""
    session.execute(select(Round.id).where(Round.id == round_.id).with_for_update())
    rubric = session.scalar(
        select(Rubric)
        .where(Rubric.round_id == round_.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if rubric is None:
        rubric = Rubric(round_id=round_.id)
        session.add(rubric)
        session.flush()
    elif rubric.frozen_at is not None:
        raise WrongState("rubric_frozen")
    elif rubric.revision != revision:
        raise Conflict("changed_meanwhile")
    return rubric


def _criterion(position: int, row: CriterionRow) -> Criterion:
    return Criterion(
        position=position,
        name=row.name,
        description=row.description,
        weight=row.weight,
        scale_min=row.scale_min,
        scale_max=row.scale_max,
        step=row.step,
        is_reason_required=row.is_reason_required,
        levels=[Level(low=item.low, high=item.high, text=item.text) for item in row.levels],
    )


def _row(criterion: Criterion) -> CriterionRow:
    return CriterionRow(
        name=criterion.name,
        description=criterion.description,
        weight=criterion.weight,
        scale_min=criterion.scale_min,
        scale_max=criterion.scale_max,
        step=criterion.step,
        is_reason_required=criterion.is_reason_required,
        levels=[LevelRow(low=i.low, high=i.high, text=i.text) for i in criterion.levels],
    )


def document(rubric: Rubric) -> dict[str, Any]:
    """The whole rubric as plain values, for the audit log."""
    return {
        "weighting": rubric.weighting.value,
        "criteria": [
            {
                "name": plain(item.name),
                "weight": f"{item.weight:f}",
                "scale": f"{item.scale_min:f}–{item.scale_max:f}, {item.step:f}",
                "description": plain(item.description),
                "is_reason_required": item.is_reason_required,
                "levels": [
                    {"from": f"{level.low:f}", "to": f"{level.high:f}", "text": plain(level.text)}
                    for level in item.levels
                ],
            }
            for item in rubric.criteria
        ],
    }
