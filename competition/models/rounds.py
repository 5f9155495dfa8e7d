"""Competitions, their tracks, rounds, organizations and members."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from competition.models.base import Base, Identity, LocalText, ShortText, enum_type
from competition.models.people import Account
from competition.vocabulary import CompetitionState, OrganizationKind, Role, RoundState


class Competition(Base):
    """One edition of a competition."""

    __tablename__ = "competition"

    id: Mapped[Identity]
    slug: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[LocalText]
    summary: Mapped[LocalText] = mapped_column(default=LocalText())
    zone: Mapped[str] = mapped_column(String(60), default="Asia/Shanghai")
    state: Mapped[CompetitionState] = mapped_column(
        enum_type(CompetitionState), default=CompetitionState.DRAFT
    )
    contact_email: Mapped[str] = mapped_column(String(254), default="")
    registration_closes_at: Mapped[datetime | None]
    team_size_max: Mapped[int] = mapped_column(default=5)
    """Captain and members together."""
    instructors_max: Mapped[int] = mapped_column(default=2)
    created_at: Mapped[datetime]
    revision: Mapped[int] = mapped_column(default=1)

    tracks: Mapped[list[Track]] = relationship(
        back_populates="competition", order_by="Track.position"
    )
    rounds: Mapped[list[Round]] = relationship(
        back_populates="competition", order_by="Round.position"
    )

    __mapper_args__ = {"version_id_col": revision}


class Track(Base):
    """A theme that teams enter under; each track has a ranking of its own."""

    __tablename__ = "track"
    __table_args__ = (UniqueConstraint("competition_id", "position"),)

    id: Mapped[Identity]
    competition_id: Mapped[int] = mapped_column(ForeignKey("competition.id"))
    position: Mapped[int]
    name: Mapped[LocalText]

    competition: Mapped[Competition] = relationship(back_populates="tracks")


class Round(Base):
    """One round of a competition, with its own deadlines, rubric, panel and results."""

    __tablename__ = "round"
    __table_args__ = (
        UniqueConstraint("competition_id", "position"),
        CheckConstraint("judges_per_entry BETWEEN 1 AND 50", name="judges_per_entry"),
        CheckConstraint("spread_threshold > 0", name="spread_threshold"),
    )

    id: Mapped[Identity]
    competition_id: Mapped[int] = mapped_column(ForeignKey("competition.id"))
    position: Mapped[int]
    name: Mapped[LocalText]
    state: Mapped[RoundState] = mapped_column(enum_type(RoundState), default=RoundState.SETUP)
    opens_at: Mapped[datetime | None]
    submissions_close_at: Mapped[datetime | None]
    """The last instant that is still in time."""
    judging_closes_at: Mapped[datetime | None]
    judges_per_entry: Mapped[int] = mapped_column(default=3)
    is_blind: Mapped[bool] = mapped_column(default=True)
    """Judges see the entry's number instead of team, school and people."""
    spread_threshold: Mapped[Decimal | None]
    """Points between the highest and lowest raw score from which an entry is pointed out."""
    scoring: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """The scoring part of the rule book: method, drops, rounding."""
    created_at: Mapped[datetime]
    revision: Mapped[int] = mapped_column(default=1)

    competition: Mapped[Competition] = relationship(back_populates="rounds")

    __mapper_args__ = {"version_id_col": revision}


class Organization(Base):
    """A school or company that teams and judges belong to, known by its name in a competition."""

    __tablename__ = "organization"
    __table_args__ = (UniqueConstraint("competition_id", "key"),)

    id: Mapped[Identity]
    competition_id: Mapped[int] = mapped_column(ForeignKey("competition.id"))
    key: Mapped[ShortText]
    """The name as compared: folded case and width, single spaces."""
    name: Mapped[LocalText]
    kind: Mapped[OrganizationKind] = mapped_column(
        enum_type(OrganizationKind), default=OrganizationKind.SCHOOL
    )


class OrganizationAlias(Base):
    """A further name of a school or company; whoever bears it belongs to the same one."""

    __tablename__ = "organization_alias"
    __table_args__ = (UniqueConstraint("competition_id", "key"),)

    id: Mapped[Identity]
    competition_id: Mapped[int] = mapped_column(ForeignKey("competition.id"))
    organization_id: Mapped[int] = mapped_column(ForeignKey("organization.id"), index=True)
    key: Mapped[ShortText]
    name: Mapped[ShortText]

    organization: Mapped[Organization] = relationship()


class Membership(Base):
    """One role of one account in one competition."""

    __tablename__ = "membership"
    __table_args__ = (UniqueConstraint("account_id", "competition_id", "role"),)

    id: Mapped[Identity]
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    competition_id: Mapped[int] = mapped_column(ForeignKey("competition.id"), index=True)
    role: Mapped[Role] = mapped_column(enum_type(Role))
    created_at: Mapped[datetime]

    account: Mapped[Account] = relationship()
    competition: Mapped[Competition] = relationship()
