"""Teams, their entries, every submitted version, and files."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from competition.models.base import Base, Identity, LocalText, ShortText, enum_type, unique_among
from competition.models.people import Account
from competition.models.rounds import Competition, Organization, Round, Track
from competition.vocabulary import EntryState, MemberKind


class Team(Base):
    """A team registered for a competition."""

    __tablename__ = "team"
    __table_args__ = (UniqueConstraint("competition_id", "name"),)

    id: Mapped[Identity]
    competition_id: Mapped[int] = mapped_column(ForeignKey("competition.id"))
    name: Mapped[ShortText]
    organization_id: Mapped[int] = mapped_column(ForeignKey("organization.id"), index=True)
    registered_at: Mapped[datetime]
    revision: Mapped[int] = mapped_column(default=1)

    competition: Mapped[Competition] = relationship()
    organization: Mapped[Organization] = relationship()
    members: Mapped[list[TeamMember]] = relationship(
        back_populates="team", order_by="TeamMember.id", cascade="all, delete-orphan"
    )

    __mapper_args__ = {"version_id_col": revision}


class TeamMember(Base):
    """A person in a team: the captain, a member, or an instructor."""

    __tablename__ = "team_member"
    __table_args__ = (
        unique_among("uq_team_member_captain", "team_id", where="kind = 'captain'"),
        unique_among(
            "uq_team_member_one_team",
            "competition_id",
            "email",
            where="kind != 'instructor' AND email != ''",
        ),
        CheckConstraint("email = lower(email)", name="email_lower"),
    )

    id: Mapped[Identity]
    team_id: Mapped[int] = mapped_column(ForeignKey("team.id"), index=True)
    competition_id: Mapped[int] = mapped_column(ForeignKey("competition.id"))
    kind: Mapped[MemberKind] = mapped_column(enum_type(MemberKind))
    name: Mapped[ShortText]
    email: Mapped[str] = mapped_column(String(254), default="")
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"), index=True)

    team: Mapped[Team] = relationship(back_populates="members")
    account: Mapped[Account | None] = relationship()


class Entry(Base):
    """A team's submission to one round. Its fields are the working draft; versions are final."""

    __tablename__ = "entry"
    __table_args__ = (
        UniqueConstraint("round_id", "team_id"),
        UniqueConstraint("round_id", "number"),
        CheckConstraint(
            "state NOT IN ('returned', 'disqualified') OR state_reason != ''",
            name="reason_given",
        ),
    )

    id: Mapped[Identity]
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"))
    team_id: Mapped[int] = mapped_column(ForeignKey("team.id"), index=True)
    track_id: Mapped[int] = mapped_column(ForeignKey("track.id"), index=True)
    number: Mapped[str] = mapped_column(String(20))
    """What judges see instead of the team: E-017."""
    title: Mapped[LocalText] = mapped_column(default=LocalText())
    summary: Mapped[LocalText] = mapped_column(default=LocalText())
    repository_url: Mapped[str] = mapped_column(String(500), default="")
    demo_url: Mapped[str] = mapped_column(String(500), default="")
    state: Mapped[EntryState] = mapped_column(enum_type(EntryState), default=EntryState.DRAFT)
    state_reason: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime]
    revision: Mapped[int] = mapped_column(default=1)

    round: Mapped[Round] = relationship()
    team: Mapped[Team] = relationship()
    track: Mapped[Track] = relationship()
    files: Mapped[list[EntryFile]] = relationship(back_populates="entry", order_by="EntryFile.id")
    versions: Mapped[list[EntryVersion]] = relationship(
        back_populates="entry", order_by="EntryVersion.version"
    )

    __mapper_args__ = {"version_id_col": revision}


class EntryFile(Base):
    """A file of an entry; a removed one stays for the versions that held it."""

    __tablename__ = "entry_file"
    __table_args__ = (CheckConstraint("size > 0", name="not_empty"),)

    id: Mapped[Identity]
    entry_id: Mapped[int] = mapped_column(ForeignKey("entry.id"), index=True)
    name: Mapped[ShortText]
    media_type: Mapped[str] = mapped_column(String(100))
    size: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str] = mapped_column(String(64))
    uploaded_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    uploaded_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]

    entry: Mapped[Entry] = relationship(back_populates="files")


class EntryVersion(Base):
    """What a team submitted at one instant; never changed. Judges read the last one."""

    __tablename__ = "entry_version"
    __table_args__ = (UniqueConstraint("entry_id", "version"),)

    id: Mapped[Identity]
    entry_id: Mapped[int] = mapped_column(ForeignKey("entry.id"))
    version: Mapped[int]
    content: Mapped[dict[str, Any]]
    """Title, summary, addresses, track and files with their hashes."""
    digest: Mapped[str] = mapped_column(String(64))
    """sha256 of the content in canonical JSON: the number on the receipt."""
    submitted_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    submitted_at: Mapped[datetime]

    entry: Mapped[Entry] = relationship(back_populates="versions")
