"""Scorecards and ratings, and every version that was submitted."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from competition.models.base import Base, Identity, enum_type
from competition.models.panels import Assignment
from competition.models.rubrics import Criterion
from competition.vocabulary import ScorecardState


class Scorecard(Base):
    """One judge's ratings of one entry. Submitted means locked."""

    __tablename__ = "scorecard"
    __table_args__ = (
        CheckConstraint("state != 'returned' OR return_reason != ''", name="return_reason_given"),
    )

    id: Mapped[Identity]
    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignment.id"), unique=True)
    state: Mapped[ScorecardState] = mapped_column(
        enum_type(ScorecardState), default=ScorecardState.DRAFT
    )
    comment: Mapped[str] = mapped_column(Text, default="")
    """For the team, shown after the results."""
    note: Mapped[str] = mapped_column(Text, default="")
    """For the committee only."""
    return_reason: Mapped[str] = mapped_column(Text, default="")
    saved_at: Mapped[datetime]
    submitted_at: Mapped[datetime | None]
    revision: Mapped[int] = mapped_column(default=1)
    """Grows with every save; a form that started from an older one is told so."""

    assignment: Mapped[Assignment] = relationship()
    ratings: Mapped[list[Rating]] = relationship(cascade="all, delete-orphan")
    versions: Mapped[list[ScorecardVersion]] = relationship(order_by="ScorecardVersion.version")


class Rating(Base):
    """One number on one criterion, within that criterion's scale."""

    __tablename__ = "rating"
    __table_args__ = (
        ForeignKeyConstraint(
            ["criterion_id", "scale_min", "scale_max"],
            ["criterion.id", "criterion.scale_min", "criterion.scale_max"],
            onupdate="CASCADE",
        ),
        CheckConstraint("value BETWEEN scale_min AND scale_max", name="value_on_scale"),
    )

    scorecard_id: Mapped[int] = mapped_column(ForeignKey("scorecard.id"), primary_key=True)
    criterion_id: Mapped[int] = mapped_column(primary_key=True)
    scale_min: Mapped[Decimal]
    scale_max: Mapped[Decimal]
    value: Mapped[Decimal]
    reason: Mapped[str] = mapped_column(Text, default="")

    criterion: Mapped[Criterion] = relationship(
        primaryjoin=Criterion.id == criterion_id, foreign_keys=[criterion_id], viewonly=True
    )


class ScorecardVersion(Base):
    """A scorecard as it stood when it was submitted or returned; never changed."""

    __tablename__ = "scorecard_version"
    __table_args__ = (UniqueConstraint("scorecard_id", "version"),)

    id: Mapped[Identity]
    scorecard_id: Mapped[int] = mapped_column(ForeignKey("scorecard.id"))
    version: Mapped[int]
    state: Mapped[ScorecardState] = mapped_column(enum_type(ScorecardState))
    content: Mapped[dict[str, Any]]
    digest: Mapped[str] = mapped_column(String(64))
    saved_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    saved_at: Mapped[datetime]
