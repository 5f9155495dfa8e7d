"""Judges, the panel of a round, conflicts, and who judges what."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, Column, ForeignKey, String, Table, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from competition.models.base import Base, Identity, enum_type
from competition.models.people import Account
from competition.models.rounds import Competition, Organization, Round, Track
from competition.models.submissions import Entry, Team
from competition.vocabulary import AssignmentState, ConflictSource, OrganizationKind

judge_track = Table(
    "judge_track",
    Base.metadata,
    Column("judge_id", ForeignKey("judge.id"), primary_key=True),
    Column("track_id", ForeignKey("track.id"), primary_key=True),
)
"""The tracks a judge takes; none means all of them."""


class Judge(Base):
    """A person who judges in a competition."""

    __tablename__ = "judge"
    __table_args__ = (
        UniqueConstraint("competition_id", "account_id"),
        UniqueConstraint("competition_id", "number"),
        CheckConstraint("max_entries > 0", name="max_entries"),
    )

    id: Mapped[Identity]
    competition_id: Mapped[int] = mapped_column(ForeignKey("competition.id"))
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    number: Mapped[int]
    """Stands for the judge where names are hidden: Judge 07."""
    kind: Mapped[OrganizationKind] = mapped_column(enum_type(OrganizationKind))
    organization_id: Mapped[int | None] = mapped_column(ForeignKey("organization.id"))
    phone: Mapped[str] = mapped_column(String(40), default="")
    expertise: Mapped[str] = mapped_column(Text, default="")
    max_entries: Mapped[int | None]

    competition: Mapped[Competition] = relationship()
    account: Mapped[Account] = relationship()
    organization: Mapped[Organization | None] = relationship()
    tracks: Mapped[list[Track]] = relationship(secondary=judge_track, order_by=Track.position)


class PanelMember(Base):
    """A judge who sits on the panel of a round."""

    __tablename__ = "panel_member"
    __table_args__ = (UniqueConstraint("round_id", "judge_id"),)

    id: Mapped[Identity]
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"))
    judge_id: Mapped[int] = mapped_column(ForeignKey("judge.id"), index=True)

    round: Mapped[Round] = relationship()
    judge: Mapped[Judge] = relationship()


class Conflict(Base):
    """A fact that keeps a judge away from a team's entries."""

    __tablename__ = "conflict"
    __table_args__ = (UniqueConstraint("judge_id", "team_id"),)

    id: Mapped[Identity]
    judge_id: Mapped[int] = mapped_column(ForeignKey("judge.id"))
    team_id: Mapped[int] = mapped_column(ForeignKey("team.id"), index=True)
    source: Mapped[ConflictSource] = mapped_column(enum_type(ConflictSource))
    reason: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]

    judge: Mapped[Judge] = relationship()
    team: Mapped[Team] = relationship()


class Assignment(Base):
    """One judge, one entry."""

    __tablename__ = "assignment"
    __table_args__ = (
        UniqueConstraint("entry_id", "judge_id"),
        CheckConstraint("state != 'recused' OR recusal_reason != ''", name="recusal_reason_given"),
    )

    id: Mapped[Identity]
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"), index=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("entry.id"))
    judge_id: Mapped[int] = mapped_column(ForeignKey("judge.id"), index=True)
    state: Mapped[AssignmentState] = mapped_column(
        enum_type(AssignmentState), default=AssignmentState.PROPOSED
    )
    is_locked: Mapped[bool] = mapped_column(default=False)
    """Set by hand: automatic assignment leaves it alone."""
    recusal_reason: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime]

    round: Mapped[Round] = relationship()
    entry: Mapped[Entry] = relationship()
    judge: Mapped[Judge] = relationship()
