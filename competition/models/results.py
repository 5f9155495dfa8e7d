"""Score runs, which never change, and what is published of them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from competition.models.base import Base, Identity, unique_among
from competition.models.panels import Judge
from competition.models.rounds import Round
from competition.models.submissions import Entry


class ScoreRun(Base):
    """One computation of a round's ranking: inputs, rule book, version and outcome."""

    __tablename__ = "score_run"
    __table_args__ = (UniqueConstraint("round_id", "number"),)

    id: Mapped[Identity]
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"))
    number: Mapped[int]
    """Counts the runs of a round from 1."""
    method: Mapped[str] = mapped_column(String(24))
    rules: Mapped[dict[str, Any]]
    rules_digest: Mapped[str] = mapped_column(String(64))
    input_digest: Mapped[str] = mapped_column(String(64))
    """sha256 over the ratings that went in, in a canonical order."""
    code_version: Mapped[str] = mapped_column(String(40))
    seed: Mapped[int]
    scorecards: Mapped[int]
    """Submitted scorecards that went in."""
    scorecards_missing: Mapped[int]
    """Assignments whose scorecard was not submitted."""
    components: Mapped[int]
    sigma2: Mapped[float | None]
    warnings: Mapped[list[Any]]
    created_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    created_at: Mapped[datetime]

    round: Mapped[Round] = relationship()
    standings: Mapped[list[Standing]] = relationship(back_populates="run")
    severities: Mapped[list[JudgeSeverity]] = relationship(back_populates="run")


class Standing(Base):
    """Where one entry stands in one run, within its track."""

    __tablename__ = "standing"
    __table_args__ = (Index(None, "run_id", "track_id", "rank"),)

    run_id: Mapped[int] = mapped_column(ForeignKey("score_run.id"), primary_key=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("entry.id"), primary_key=True)
    track_id: Mapped[int] = mapped_column(ForeignKey("track.id"))
    component: Mapped[int]
    rank: Mapped[int | None]
    """None: no score. Equal ranks are ties."""
    score: Mapped[float | None]
    """The official score, rounded half up by the rule book; its shortest decimal is exact."""
    adjusted: Mapped[float | None]
    raw: Mapped[float | None]
    se: Mapped[float | None]
    judges: Mapped[int]
    detail: Mapped[dict[str, Any]]
    """How the score came about, judge by judge or criterion by criterion."""

    run: Mapped[ScoreRun] = relationship(back_populates="standings")
    entry: Mapped[Entry] = relationship()


class JudgeSeverity(Base):
    """How harsh one judge was in one run; positive is harsher."""

    __tablename__ = "judge_severity"

    run_id: Mapped[int] = mapped_column(ForeignKey("score_run.id"), primary_key=True)
    judge_id: Mapped[int] = mapped_column(ForeignKey("judge.id"), primary_key=True)
    severity: Mapped[float | None]
    se: Mapped[float | None]
    entries: Mapped[int]

    run: Mapped[ScoreRun] = relationship(back_populates="severities")
    judge: Mapped[Judge] = relationship()


class Publication(Base):
    """A run made public; a withdrawn one stays on record with its reason."""

    __tablename__ = "publication"
    __table_args__ = (
        unique_among("uq_publication_live", "round_id", where="withdrawn_at IS NULL"),
    )

    id: Mapped[Identity]
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"))
    run_id: Mapped[int] = mapped_column(ForeignKey("score_run.id"), index=True)
    published_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    published_at: Mapped[datetime]
    withdrawn_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    withdrawn_at: Mapped[datetime | None]
    withdrawal_reason: Mapped[str] = mapped_column(Text, default="")

    round: Mapped[Round] = relationship()
    run: Mapped[ScoreRun] = relationship()
