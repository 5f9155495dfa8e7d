"""Judges, their seats, and whether they can get in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session, contains_eager, joinedload, selectinload

from competition.models import (
    AccountSession,
    Judge,
    LocalText,
    PanelMember,
    Round,
    SignInLink,
    Track,
)
from competition.vocabulary import OrganizationKind


def _judges(competition_id: int) -> Select[Judge]:
    return (
        select(Judge)
        .join(Judge.account)
        .where(Judge.competition_id == competition_id)
        .options(
            contains_eager(Judge.account),
            joinedload(Judge.organization),
            selectinload(Judge.tracks),
        )
        .order_by(Judge.number)
    )


def judges_of(
    session: Session,
    *,
    competition_id: int,
    search: str = "",
    kind: OrganizationKind | None = None,
    track_id: int | None = None,
    with_contacts: bool = False,
) -> Sequence[Judge]:
    """The judges by number, with account, organization and tracks; two statements.

    The search looks through e-mail addresses only `with_contacts`: who may not read one must
    not find out by guessing either.
    """
    statement = _judges(competition_id)
    if kind is not None:
        statement = statement.where(Judge.kind == kind)
    if track_id is not None:
        statement = statement.where(
            or_(~Judge.tracks.any(), Judge.tracks.any(Track.id == track_id))
        )
    if search:
        found = session.scalars(statement).all()
        wanted = search.casefold()
        return [judge for judge in found if wanted in _searched(judge, with_contacts)]
    return session.scalars(statement).all()


def _searched(judge: Judge, with_contacts: bool) -> str:
    """What a search looks through: names in both languages, so not left to the database."""
    of = judge.organization.name if judge.organization else LocalText()
    address = judge.account.email if with_contacts else ""
    parts = (judge.account.name, address, of.en, of.zh, f"{judge.number:02}")
    return "\n".join(parts).casefold()


def judge_by_number(session: Session, *, competition_id: int, number: int) -> Judge | None:
    """The judge with account, organization and tracks."""
    return session.scalar(_judges(competition_id).where(Judge.number == number))


def seats_of(session: Session, *, competition_id: int) -> set[tuple[int, int]]:
    """Pairs of round id and judge id: who sits on which panel."""
    rows = session.execute(
        select(PanelMember.round_id, PanelMember.judge_id)
        .join(Round, Round.id == PanelMember.round_id)
        .where(Round.competition_id == competition_id)
    )
    return {(round_id, judge_id) for round_id, judge_id in rows}


def panel_of(session: Session, *, round_id: int) -> Sequence[Judge]:
    """The judges who sit on the panel of a round, by number; two statements."""
    return session.scalars(
        select(Judge)
        .join(PanelMember, PanelMember.judge_id == Judge.id)
        .join(Judge.account)
        .where(PanelMember.round_id == round_id)
        .options(
            contains_eager(Judge.account),
            joinedload(Judge.organization),
            selectinload(Judge.tracks),
        )
        .order_by(Judge.number)
    ).all()


class Access(StrEnum):
    """Whether a judge can get in."""

    SIGNED_IN = "signed_in"
    LINK_OPEN = "link_open"
    """A link was made and not used yet."""
    NONE = "none"


def access_of(session: Session, *, account_ids: Iterable[int], now: datetime) -> dict[int, Access]:
    """How far each account is from being signed in; two statements."""
    wanted = list(account_ids)
    links = session.scalars(
        select(SignInLink.account_id).where(
            SignInLink.account_id.in_(wanted),
            SignInLink.used_at.is_(None),
            SignInLink.expires_at > now,
        )
    )
    found = dict.fromkeys(wanted, Access.NONE) | dict.fromkeys(links, Access.LINK_OPEN)
    sessions = session.scalars(
        select(AccountSession.account_id).where(
            AccountSession.account_id.in_(wanted),
            AccountSession.revoked_at.is_(None),
            AccountSession.expires_at > now,
        )
    )
    return found | dict.fromkeys(sessions, Access.SIGNED_IN)
