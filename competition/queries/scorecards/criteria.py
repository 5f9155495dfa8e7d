"""A rubric's criteria as the score form shows them, and totals in exact arithmetic."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from sqlalchemy import select
from sqlalchemy.orm import Session

from competition.models import Criterion, Level, LocalText, Rubric
from competition.vocabulary import Weighting


@dataclass(frozen=True)
class LevelView:
    """What the ratings from `low` to `high` mean."""

    low: Decimal
    high: Decimal
    text: LocalText


@dataclass(frozen=True)
class CriterionView:
    """One criterion with its levels, lowest first."""

    id: int
    position: int
    name: LocalText
    description: LocalText
    weight: Decimal
    weighting: Weighting
    scale_min: Decimal
    scale_max: Decimal
    step: Decimal
    is_reason_required: bool
    levels: tuple[LevelView, ...] = ()

    @property
    def factor(self) -> Fraction:
        """Points of the total for one unit of rating."""
        return factor_of(self.weighting, self.weight, self.scale_max)

    def needs_reason(self, value: Decimal) -> bool:
        """Whether a rating of `value` asks for a reason: on the lowest or the highest level."""
        if not self.is_reason_required:
            return False
        if not self.levels:
            return value in (self.scale_min, self.scale_max)
        return value <= self.levels[0].high or value >= self.levels[-1].low


def factor_of(weighting: Weighting, weight: Decimal, scale_max: Decimal) -> Fraction:
    """What a rating is multiplied by: its weight, or its share of 100 over the highest rating.

    >>> factor_of(Weighting.PERCENT, Decimal(25), Decimal(10))
    Fraction(5, 2)
    """
    factor = Fraction(weight)
    return factor / Fraction(scale_max) if weighting is Weighting.PERCENT else factor


def points(value: Decimal, factor: Fraction) -> Decimal:
    """One rating's part of the total."""
    return _decimal(Fraction(value) * factor)


def total_of(criteria: Iterable[CriterionView], ratings: Mapping[int, Decimal]) -> Decimal | None:
    """The weighted sum of what is rated so far; None when nothing is."""
    return weighted((ratings[c.id], c.factor) for c in criteria if c.id in ratings)


def weighted(parts: Iterable[tuple[Decimal, Fraction]]) -> Decimal | None:
    """The sum of ratings times their factors; None of nothing."""
    products = [Fraction(value) * factor for value, factor in parts]
    return _decimal(sum(products, Fraction())) if products else None


def highest_total(criteria: Iterable[CriterionView]) -> Decimal:
    """The total of the highest ratings everywhere."""
    return _decimal(sum((Fraction(c.scale_max) * c.factor for c in criteria), Fraction()))


def _decimal(number: Fraction) -> Decimal:
    return Decimal(number.numerator) / Decimal(number.denominator)


def criteria_of(session: Session, rubric_id: int) -> tuple[CriterionView, ...]:
    """The criteria in order, each with its levels; two statements."""
    levels: dict[int, list[LevelView]] = {}
    for criterion_id, low, high, text in session.execute(
        select(Level.criterion_id, Level.low, Level.high, Level.text)
        .join(Criterion, Criterion.id == Level.criterion_id)
        .where(Criterion.rubric_id == rubric_id)
        .order_by(Level.low)
    ):
        levels.setdefault(criterion_id, []).append(LevelView(low, high, text))
    rows = session.execute(
        select(
            Criterion.id,
            Criterion.position,
            Criterion.name,
            Criterion.description,
            Criterion.weight,
            Rubric.weighting,
            Criterion.scale_min,
            Criterion.scale_max,
            Criterion.step,
            Criterion.is_reason_required,
        )
        .join(Rubric, Rubric.id == Criterion.rubric_id)
        .where(Criterion.rubric_id == rubric_id)
        .order_by(Criterion.position)
    )
    return tuple(
        CriterionView(**row._mapping, levels=tuple(levels.get(row.id, ()))) for row in rows
    )
