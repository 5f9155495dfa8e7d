"""Totals of many scorecards at once, in one statement and exact arithmetic."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from decimal import Decimal

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from competition.models import Assignment, Criterion, Rating, Rubric, Scorecard
from competition.queries.scorecards.criteria import factor_of, weighted


def sums(
    session: Session, condition: ColumnElement[bool]
) -> Mapping[int | None, tuple[int, Decimal | None]]:
    """By scorecard id: how many criteria are rated, and the total of them.

    `condition` chooses the assignments.
    """
    parts = defaultdict(list)
    for scorecard_id, value, weighting, weight, scale_max in session.execute(
        select(
            Rating.scorecard_id,
            Rating.value,
            Rubric.weighting,
            Criterion.weight,
            Criterion.scale_max,
        )
        .join(Criterion, Criterion.id == Rating.criterion_id)
        .join(Rubric, Rubric.id == Criterion.rubric_id)
        .join(Scorecard, Scorecard.id == Rating.scorecard_id)
        .join(Assignment, Assignment.id == Scorecard.assignment_id)
        .where(condition)
    ):
        parts[scorecard_id].append((value, factor_of(weighting, weight, scale_max)))
    return {key: (len(items), weighted(items)) for key, items in parts.items()}
