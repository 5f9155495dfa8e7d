"""Accounts, their sessions and their roles."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, cast

from sqlalchemy import String, Table, bindparam, literal, select, union_all
from sqlalchemy import cast as as_type
from sqlalchemy.orm import Session, contains_eager, joinedload

from competition.adapters.tokens import digest
from competition.models import Account, AccountSession, Judge, Membership, SignInLink, TeamMember
from competition.policies import Actor
from competition.vocabulary import MemberKind, Role

ACCOUNT, SESSION = cast(Table, Account.__table__), cast(Table, AccountSession.__table__)
SESSION_OF = (
    select(
        SESSION.c.expires_at,
        SESSION.c.id,
        ACCOUNT.c.id,
        ACCOUNT.c.name,
        ACCOUNT.c.email,
        ACCOUNT.c.is_operator,
    )
    .join_from(SESSION, ACCOUNT)
    .where(
        SESSION.c.token_hash == bindparam("token_hash"),
        SESSION.c.revoked_at.is_(None),
        ACCOUNT.c.disabled_at.is_(None),
    )
)
"""Built once, and of columns alone: it runs with every request of somebody signed in."""


@dataclass(frozen=True)
class LiveSession:
    """A session that has not ended, and what is known of its account."""

    id: int
    account_id: int
    name: str
    email: str
    is_operator: bool


def account_session(session: Session, *, token: str, now: datetime) -> LiveSession | None:
    """The live session that `token` stands for."""
    row = session.execute(SESSION_OF, {"token_hash": digest(token)}).first()
    if row is None:
        return None
    expires_at, *known = row
    return LiveSession(*known) if expires_at > now else None


def sign_in_link(session: Session, *, token: str, now: datetime) -> SignInLink | None:
    """The link that `token` stands for, if it can still be used."""
    found = session.scalar(
        select(SignInLink)
        .where(SignInLink.token_hash == digest(token))
        .options(joinedload(SignInLink.account))
    )
    if found is None or found.used_at is not None or found.expires_at <= now:
        return None
    return None if found.account.disabled_at is not None else found


class Known(Protocol):
    """What is known of somebody signed in: an account, or a copy of its fields."""

    @property
    def id(self) -> int: ...
    @property
    def name(self) -> str: ...
    @property
    def email(self) -> str: ...
    @property
    def is_operator(self) -> bool: ...


ROLES_OF = union_all(
    select(
        literal("role"), Membership.competition_id, literal(0), as_type(Membership.role, String)
    ).where(Membership.account_id == bindparam("account_id")),
    select(literal("judge"), Judge.competition_id, Judge.id, literal("")).where(
        Judge.account_id == bindparam("account_id")
    ),
    select(
        literal("team"),
        TeamMember.competition_id,
        TeamMember.team_id,
        as_type(TeamMember.kind, String),
    ).where(TeamMember.account_id == bindparam("account_id")),
)
"""Built once as well."""


def actor_of(session: Session, account: Known) -> Actor:
    """The account as an actor, with every role it holds; one statement."""
    roles: set[tuple[int, Role]] = set()
    judge_ids: set[int] = set()
    team_ids: set[int] = set()
    writing: set[int] = set()
    for what, competition_id, object_id, kind in session.connection().execute(
        ROLES_OF, {"account_id": account.id}
    ):
        if what == "role":
            roles.add((competition_id, Role(kind)))
        elif what == "judge":
            roles.add((competition_id, Role.JUDGE))
            judge_ids.add(object_id)
        else:
            roles.add((competition_id, Role.TEAM))
            team_ids.add(object_id)
            if kind != MemberKind.INSTRUCTOR:
                writing.add(object_id)
    return Actor(
        account_id=account.id,
        name=account.name,
        email=account.email,
        is_operator=account.is_operator,
        roles=frozenset(roles),
        judge_ids=frozenset(judge_ids),
        team_ids=frozenset(team_ids),
        writing_team_ids=frozenset(writing),
    )


def account_by_email(session: Session, email: str) -> Account | None:
    """The account with this address, written as it is stored."""
    return session.scalar(select(Account).where(Account.email == email))


def live_sessions(session: Session, *, account_id: int, now: datetime) -> Sequence[AccountSession]:
    """The devices an account is signed in on, newest first."""
    return session.scalars(
        select(AccountSession)
        .where(
            AccountSession.account_id == account_id,
            AccountSession.revoked_at.is_(None),
            AccountSession.expires_at > now,
        )
        .order_by(AccountSession.created_at.desc())
    ).all()


def memberships(session: Session, *, competition_id: int) -> Sequence[Membership]:
    """Who was invited to a competition, by role and name."""
    return session.scalars(
        select(Membership)
        .join(Membership.account)
        .where(Membership.competition_id == competition_id)
        .options(contains_eager(Membership.account))
        .order_by(Membership.role, Account.name)
    ).all()


def competitions_of(session: Session, account_id: int) -> set[int]:
    """The competitions in which the account has any part."""
    return set(
        session.scalars(
            union_all(
                *(
                    select(table.competition_id).where(table.account_id == account_id)
                    for table in (Judge, Membership, TeamMember)
                )
            )
        )
    )
