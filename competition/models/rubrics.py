"""The rubric of a round: criteria, weights, scales and what each level means."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from competition.models.base import Base, Identity, LocalText, enum_type
from competition.models.rounds import Round
from competition.vocabulary import Weighting


class Rubric(Base):
    """What judges of a round score; frozen from the first scorecard on."""

    __tablename__ = "rubric"

    id: Mapped[Identity]
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"), unique=True)
    weighting: Mapped[Weighting] = mapped_column(enum_type(Weighting), default=Weighting.PERCENT)
    frozen_at: Mapped[datetime | None]
    revision: Mapped[int] = mapped_column(default=1)

    round: Mapped[Round] = relationship()
    criteria: Mapped[list[Criterion]] = relationship(
        back_populates="rubric", order_by="Criterion.position", cascade="all, delete-orphan"
    )

    __mapper_args__ = {"version_id_col": revision}


class Criterion(Base):
    """One thing that is scored, on its own scale."""

    __tablename__ = "criterion"
    __table_args__ = (
        UniqueConstraint("rubric_id", "position"),
        UniqueConstraint("id", "scale_min", "scale_max"),
        CheckConstraint("weight > 0", name="weight_positive"),
        CheckConstraint("scale_min < scale_max", name="scale_ordered"),
        CheckConstraint("step > 0", name="step_positive"),
    )

    id: Mapped[Identity]
    rubric_id: Mapped[int] = mapped_column(ForeignKey("rubric.id"))
    position: Mapped[int]
    name: Mapped[LocalText]
    description: Mapped[LocalText] = mapped_column(default=LocalText())
    weight: Mapped[Decimal]
    scale_min: Mapped[Decimal]
    scale_max: Mapped[Decimal]
    step: Mapped[Decimal]
    is_reason_required: Mapped[bool] = mapped_column(default=False)
    """A rating on the lowest or highest level needs a reason in words."""

    rubric: Mapped[Rubric] = relationship(back_populates="criteria")
    levels: Mapped[list[Level]] = relationship(
        back_populates="criterion", order_by="Level.low", cascade="all, delete-orphan"
    )


class Level(Base):
    """What the ratings from `low` to `high` mean in words."""

    __tablename__ = "level"
    __table_args__ = (
        UniqueConstraint("criterion_id", "low"),
        CheckConstraint("low <= high", name="ordered"),
    )

    id: Mapped[Identity]
    criterion_id: Mapped[int] = mapped_column(ForeignKey("criterion.id"))
    low: Mapped[Decimal]
    high: Mapped[Decimal]
    text: Mapped[LocalText]

    criterion: Mapped[Criterion] = relationship(back_populates="levels")
