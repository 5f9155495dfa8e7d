"""Judges, the panel of a round, conflicts, bids, plans, and who judges what."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    String,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from competition.models.base import Base, Identity, ShortText, enum_type, unique_among
from competition.models.people import Account
from competition.models.rounds import Competition, Organization, Round, Track
from competition.models.submissions import Entry, Team
from competition.vocabulary import (
    AssignmentState,
    BidChoice,
    ConflictSource,
    ConflictStatus,
    OrganizationKind,
    PairState,
    PlanChanges,
    PlanStatus,
)

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
    """A fact, or the suspicion of one, that keeps a judge away from a team's entries."""

    __tablename__ = "conflict"
    __table_args__ = (
        UniqueConstraint("judge_id", "team_id", "source"),
        CheckConstraint("status != 'dismissed' OR decision_reason != ''", name="dismissal_reason"),
    )

    id: Mapped[Identity]
    judge_id: Mapped[int] = mapped_column(ForeignKey("judge.id"))
    team_id: Mapped[int] = mapped_column(ForeignKey("team.id"), index=True)
    source: Mapped[ConflictSource] = mapped_column(enum_type(ConflictSource))
    status: Mapped[ConflictStatus] = mapped_column(
        enum_type(ConflictStatus), default=ConflictStatus.CONFIRMED
    )
    reason: Mapped[str] = mapped_column(Text)
    """In the words of whoever declared it; empty for one that was found."""
    decision_reason: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))

    judge: Mapped[Judge] = relationship()
    team: Mapped[Team] = relationship()

    @property
    def is_active(self) -> bool:
        return self.status is not ConflictStatus.DISMISSED


class TeamDeclaration(Base):
    """A person whom a team wants kept away from its entries; a judge of that name is found."""

    __tablename__ = "team_declaration"
    __table_args__ = (UniqueConstraint("team_id", "key"),)

    id: Mapped[Identity]
    team_id: Mapped[int] = mapped_column(ForeignKey("team.id"))
    name: Mapped[ShortText]
    key: Mapped[ShortText]
    """The name as names are compared."""
    reason: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]

    team: Mapped[Team] = relationship()


class Bid(Base):
    """What a judge says about judging an entry, before anything is assigned."""

    __tablename__ = "bid"
    __table_args__ = (UniqueConstraint("judge_id", "entry_id"),)

    id: Mapped[Identity]
    judge_id: Mapped[int] = mapped_column(ForeignKey("judge.id"))
    entry_id: Mapped[int] = mapped_column(ForeignKey("entry.id"), index=True)
    choice: Mapped[BidChoice] = mapped_column(enum_type(BidChoice))
    updated_at: Mapped[datetime]


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


class PanelSetup(Base):
    """How the organizer wants the judges of one round assigned, and until when they may bid."""

    __tablename__ = "panel_setup"

    id: Mapped[Identity]
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"), unique=True)
    wish: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """As `competition.queries.panels.Wish` reads it; what is missing has its default."""
    bids_close_at: Mapped[datetime | None]
    """Judges may bid until then; never opened when None."""
    revision: Mapped[int] = mapped_column(default=1)

    round: Mapped[Round] = relationship()

    __mapper_args__ = {"version_id_col": revision}


class AssignmentPlan(Base):
    """A proposal of who judges what, with everything it was made from, and its quality."""

    __tablename__ = "assignment_plan"
    __table_args__ = (
        UniqueConstraint("round_id", "number"),
        unique_among("uq_assignment_plan_published", "round_id", where="status = 'published'"),
        CheckConstraint(
            "status != 'published' OR published_at IS NOT NULL", name="published_at_known"
        ),
    )

    id: Mapped[Identity]
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"))
    number: Mapped[int]
    """Counts the plans of a round from 1."""
    status: Mapped[PlanStatus] = mapped_column(enum_type(PlanStatus), default=PlanStatus.PROPOSED)
    changes: Mapped[PlanChanges] = mapped_column(enum_type(PlanChanges), default=PlanChanges.ANEW)
    wish: Mapped[dict[str, Any]]
    seed: Mapped[int]
    report: Mapped[dict[str, Any]]
    """Quality when it was made or last edited; as `competition.queries.panels.Report` reads it."""
    edits: Mapped[int] = mapped_column(default=0)
    """Changes made by hand since it was proposed."""
    created_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    created_at: Mapped[datetime]
    published_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    published_at: Mapped[datetime | None]
    revision: Mapped[int] = mapped_column(default=1)

    round: Mapped[Round] = relationship()
    pairs: Mapped[list[PlannedPair]] = relationship(cascade="all, delete-orphan")

    __mapper_args__ = {"version_id_col": revision}


class PlannedPair(Base):
    """One judge and one entry of a plan."""

    __tablename__ = "planned_pair"

    plan_id: Mapped[int] = mapped_column(ForeignKey("assignment_plan.id"), primary_key=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("entry.id"), primary_key=True, index=True)
    judge_id: Mapped[int] = mapped_column(ForeignKey("judge.id"), primary_key=True, index=True)
    state: Mapped[PairState] = mapped_column(enum_type(PairState), default=PairState.PLANNED)
