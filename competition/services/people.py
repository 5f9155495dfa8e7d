"""Accounts, passwords, personal links, sessions and roles."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from typing import cast

from sqlalchemy import CursorResult, delete, func, select, update
from sqlalchemy.orm import Session

from competition.adapters.tokens import digest, new_token
from competition.errors import Conflict, Invalid, NotFound
from competition.models import (
    Account,
    AccountSession,
    Competition,
    Membership,
    SignInAttempt,
    SignInLink,
)
from competition.policies import Actor, Permission, authorize
from competition.queries.people import competitions_of
from competition.services.record import audit
from competition.vocabulary import INVITED_ROLES, Role

ATTEMPTS_FREE = 5
"""Failed passwords within the window that cost nothing."""
ATTEMPT_WINDOW = timedelta(minutes=15)
PASSWORD_LENGTH_MIN = 10


def normal_email(email: str) -> str:
    """The address as it is stored and compared."""
    return email.strip().lower()


def find_or_create_account(
    session: Session, *, actor: Actor, email: str, name: str, now: datetime
) -> Account:
    """The account with this address; a new one, without password, if there is none."""
    email = normal_email(email)
    account = session.scalar(select(Account).where(Account.email == email))
    if account is None:
        account = Account(email=email, name=name.strip() or email, created_at=now)
        session.add(account)
        audit(session, actor=actor, action="create_account", now=now, thing=account, name=email)
    return account


def create_account(
    session: Session,
    *,
    actor: Actor,
    email: str,
    name: str,
    password_hash: str | None,
    is_operator: bool,
    now: datetime,
) -> Account:
    """A new account; Invalid when the address is taken."""
    email = normal_email(email)
    if session.scalar(select(Account.id).where(Account.email == email)) is not None:
        raise Invalid.one("email_taken", field="email", email=email)
    account = Account(
        email=email,
        name=name.strip(),
        password_hash=password_hash,
        is_operator=is_operator,
        created_at=now,
    )
    session.add(account)
    audit(
        session,
        actor=actor,
        action="create_account",
        now=now,
        thing=account,
        name=email,
        after={"email": email, "name": account.name, "is_operator": is_operator},
    )
    return account


def set_password(
    session: Session, *, actor: Actor, account: Account, password_hash: str, now: datetime
) -> None:
    """Store a new hash and end all other sessions; hash before the transaction begins."""
    if actor.account_id != account.id and not actor.is_operator:
        raise NotFound
    account.password_hash = password_hash
    audit(session, actor=actor, action="set_password", now=now, thing=account, name=account.email)


def choose_language_of_mail(
    session: Session, *, actor: Actor, language: str, now: datetime
) -> None:
    """Remember in which language the actor reads; letters to them are written in it."""
    account = session.get(Account, actor.account_id)
    if account is None or account.language == language:
        return
    before = account.language
    account.language = language
    audit(
        session,
        actor=actor,
        action="choose_language",
        now=now,
        thing=account,
        name=account.email,
        before={"language": before},
        after={"language": language},
    )


def issue_link(
    session: Session, *, actor: Actor, account: Account, now: datetime, lifetime: timedelta
) -> str:
    """A new personal link's token; the caller has checked that `actor` may invite `account`."""
    token = new_token()
    session.add(
        SignInLink(
            account_id=account.id,
            token_hash=digest(token),
            created_at=now,
            expires_at=now + lifetime,
        )
    )
    audit(session, actor=actor, action="issue_link", now=now, thing=account, name=account.email)
    return token


def may_issue_link(session: Session, *, actor: Actor, account: Account) -> bool:
    """Whether the actor could do everything that the link's holder can.

    A link is as good as the account: an organizer must not get into an operator's, or into
    another competition, by putting its owner on a list.
    """
    if actor.is_operator:
        return True
    return not account.is_operator and competitions_of(session, account.id) <= managed_by(actor)


def managed_by(actor: Actor) -> set[int]:
    """The competitions that the actor organizes."""
    return {competition for competition, role in actor.roles if role is Role.ORGANIZER}


def invite(
    session: Session, *, actor: Actor, account: Account, now: datetime, lifetime: timedelta
) -> str:
    """The token of a new personal link for somebody whom the actor organizes.

    Raises Conflict when the account reaches further than the actor's competitions.
    """
    if not may_issue_link(session, actor=actor, account=account):
        raise Conflict("link_reaches_further", name=account.name)
    return issue_link(session, actor=actor, account=account, now=now, lifetime=lifetime)


def use_link(session: Session, *, token: str, now: datetime) -> Account:
    """Exchange a link for its account, once; NotFound when it is unknown, used or expired."""
    used = cast(
        "CursorResult[tuple[int]]",
        session.execute(
            update(SignInLink)
            .where(
                SignInLink.token_hash == digest(token),
                SignInLink.used_at.is_(None),
                SignInLink.expires_at > now,
            )
            .values(used_at=now)
        ),
    )
    if used.rowcount != 1:
        raise NotFound("link_spent")
    account = session.scalars(
        select(Account)
        .join(SignInLink, SignInLink.account_id == Account.id)
        .where(SignInLink.token_hash == digest(token))
    ).one()
    if account.disabled_at is not None:
        raise NotFound("link_spent")
    return account


def open_session(
    session: Session,
    *,
    actor: Actor,
    account: Account,
    user_agent: str,
    now: datetime,
    lifetime: timedelta,
) -> str:
    """A new signed-in session's token, always a fresh one."""
    token = new_token()
    signed_in = AccountSession(
        account_id=account.id,
        token_hash=digest(token),
        created_at=now,
        expires_at=now + lifetime,
        address=actor.origin.address,
        user_agent=user_agent[:200],
    )
    session.add(signed_in)
    audit(session, actor=actor, action="sign_in", now=now, thing=account, name=account.email)
    return token


def end_session(session: Session, *, actor: Actor, session_id: int, now: datetime) -> None:
    """Revoke one of the actor's own sessions; NotFound for anybody else's."""
    found = session.get(AccountSession, session_id)
    if found is None or found.account_id != actor.account_id:
        raise NotFound
    if found.revoked_at is None:
        found.revoked_at = now
        audit(session, actor=actor, action="sign_out", now=now, thing=found)


def end_all_sessions(session: Session, *, account: Account, now: datetime) -> None:
    """Revoke every session of the account."""
    session.execute(
        update(AccountSession)
        .where(AccountSession.account_id == account.id, AccountSession.revoked_at.is_(None))
        .values(revoked_at=now)
    )


def _subject(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def void_earlier_access(session: Session, *, account: Account, now: datetime) -> None:
    """Let nothing handed out so far open the new part that the account is about to get.

    Unused links are void: somebody else may hold one, a captain a member's. Without a password
    the sessions may have come from such a link, so they end too.
    """
    session.execute(
        update(SignInLink)
        .where(SignInLink.account_id == account.id, SignInLink.used_at.is_(None))
        .values(used_at=now)
    )
    if account.password_hash is None:
        end_all_sessions(session, account=account, now=now)


def wait_before_attempt(
    session: Session, *, email: str, address: str, now: datetime
) -> timedelta | None:
    """How long to wait before another password is looked at; None: not at all.

    Delay rather than lock-out: after five failures within a quarter of an hour each further one
    doubles the wait, from 2 s up to 5 min, per e-mail address and per network address.
    """
    longest = timedelta()
    for subject, free in (
        (_subject(normal_email(email)), ATTEMPTS_FREE),
        (_subject(address), 4 * ATTEMPTS_FREE),
    ):
        count, last = session.execute(
            select(func.count(), func.max(SignInAttempt.at)).where(
                SignInAttempt.subject == subject, SignInAttempt.at > now - ATTEMPT_WINDOW
            )
        ).one()
        if count >= free:
            pause = timedelta(seconds=min(300, 2 ** (count - free + 1)))
            longest = max(longest, last + pause - now)
    return longest if longest > timedelta() else None


def note_failed_attempt(
    session: Session, *, actor: Actor, email: str, address: str, now: datetime
) -> None:
    """Remember a failed password, and forget those out of the window."""
    session.execute(delete(SignInAttempt).where(SignInAttempt.at < now - ATTEMPT_WINDOW))
    for text in (normal_email(email), address):
        session.add(SignInAttempt(subject=_subject(text), at=now))
    audit(session, actor=actor, action="sign_in_failed", now=now)


def grant_role(
    session: Session,
    *,
    actor: Actor,
    competition: Competition,
    account: Account,
    role: Role,
    now: datetime,
) -> Membership:
    """Give the account a role by invitation; granting it again changes nothing."""
    authorize(actor, Permission.MANAGE_COMPETITION, competition)
    if role not in INVITED_ROLES:
        raise Invalid.one("role_not_invited", field="role", role=role.value)
    membership = session.scalar(
        select(Membership).where(
            Membership.account_id == account.id,
            Membership.competition_id == competition.id,
            Membership.role == role,
        )
    )
    if membership is None:
        void_earlier_access(session, account=account, now=now)
        membership = Membership(
            account_id=account.id, competition_id=competition.id, role=role, created_at=now
        )
        session.add(membership)
        audit(
            session,
            actor=actor,
            action="grant_role",
            now=now,
            thing=membership,
            name=account.name,
            competition_id=competition.id,
            after={"account": account.email, "role": role},
        )
    return membership


def withdraw_role(
    session: Session, *, actor: Actor, competition: Competition, membership_id: int, now: datetime
) -> None:
    """Take a role away; the last organizer keeps theirs."""
    authorize(actor, Permission.MANAGE_COMPETITION, competition)
    membership = session.get(Membership, membership_id)
    if membership is None or membership.competition_id != competition.id:
        raise NotFound
    if membership.role is Role.ORGANIZER:
        organizers = session.scalar(
            select(func.count()).where(
                Membership.competition_id == competition.id, Membership.role == Role.ORGANIZER
            )
        )
        if organizers == 1:
            raise Conflict("last_organizer")
    audit(
        session,
        actor=actor,
        action="withdraw_role",
        now=now,
        thing=membership,
        name=membership.account.name,
        competition_id=competition.id,
        before={"account": membership.account.email, "role": membership.role},
    )
    session.delete(membership)
    session.flush()


def make_operator(session: Session, *, actor: Actor, account: Account, now: datetime) -> None:
    """Let the account create competitions and see all of them."""
    if not actor.is_operator:
        raise NotFound
    if not account.is_operator:
        account.is_operator = True
        audit(
            session,
            actor=actor,
            action="make_operator",
            now=now,
            thing=account,
            name=account.email,
            before={"is_operator": False},
            after={"is_operator": True},
        )
