"""Accounts, and the ways to be signed in."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from competition.models.base import Base, Identity, ShortText


class Account(Base):
    """A person who may sign in; the e-mail address is stored in lower case."""

    __tablename__ = "account"
    __table_args__ = (CheckConstraint("email = lower(email)", name="email_lower"),)

    id: Mapped[Identity]
    email: Mapped[str] = mapped_column(String(254), unique=True)
    name: Mapped[ShortText]
    password_hash: Mapped[str | None] = mapped_column(String(200))
    is_operator: Mapped[bool] = mapped_column(default=False)
    """May create competitions and sees all of them."""
    language: Mapped[str | None] = mapped_column(String(10))
    """In which mail is written: `en` or `zh_Hans`; both while nothing was chosen."""
    created_at: Mapped[datetime]
    disabled_at: Mapped[datetime | None]


class SignInLink(Base):
    """A personal link, exchanged once for a session; only the hash of its token is stored."""

    __tablename__ = "sign_in_link"

    id: Mapped[Identity]
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]

    account: Mapped[Account] = relationship()


class AccountSession(Base):
    """A signed-in session on one device; it ends when revoked or expired."""

    __tablename__ = "account_session"

    id: Mapped[Identity]
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    address: Mapped[str] = mapped_column(String(45), default="")
    user_agent: Mapped[ShortText] = mapped_column(default="")

    account: Mapped[Account] = relationship()


class SignInAttempt(Base):
    """A failed password, kept to slow down the next one for the same address or account."""

    __tablename__ = "sign_in_attempt"
    __table_args__ = (Index(None, "subject", "at"),)

    id: Mapped[Identity]
    subject: Mapped[str] = mapped_column(String(64))
    """Hash of the e-mail address or of the network address."""
    at: Mapped[datetime]
