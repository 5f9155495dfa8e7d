"""Judges say which entries they want, and which they must not judge."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from competition.errors import Invalid, Problem, WrongState
from competition.models import Bid, Entry, PanelMember, PanelSetup, Round
from competition.policies import Actor, Permission, authorize
from competition.queries.panels import BIDDING_STATES, Bidding, bidding_of, panel_setup_of
from competition.services.panels.conflicts import (
    REASON_LENGTH_MAX,
    hold_assignments,
    record_conflict,
    withdraw_conflicted,
)
from competition.services.record import audit
from competition.vocabulary import BidChoice, ConflictSource, ConflictStatus


@dataclass(frozen=True)
class Said:
    """What a judge says about one entry; `reason` only where they must not judge it."""

    choice: BidChoice | None
    reason: str = ""


def open_bidding(
    session: Session, *, actor: Actor, of: Round, closes_at: datetime | None, now: datetime
) -> None:
    """Let the panel bid until `closes_at`; None ends it now.

    Invalid (field `bids_close_at`) when that has passed; WrongState once judging has begun.
    """
    authorize(actor, Permission.PROPOSE_PLAN, of)
    if closes_at is not None:
        if of.state not in BIDDING_STATES:
            raise WrongState("not_bidding", state=of.state)
        if closes_at <= now:
            raise Invalid.one("deadline_passed", field="bids_close_at")
    setup = held_setup(session, of)
    before = setup.bids_close_at
    setup.bids_close_at = closes_at
    audit(
        session,
        actor=actor,
        action="open_bidding" if closes_at else "close_bidding",
        now=now,
        thing=of,
        name=str(of.name),
        competition_id=of.competition_id,
        before={"bids_close_at": before},
        after={"bids_close_at": closes_at},
    )


def held_setup(session: Session, of: Round) -> PanelSetup:
    """The round's setup, made if there is none; two organizers wait for each other."""
    session.execute(select(Round.id).where(Round.id == of.id).with_for_update())
    setup = panel_setup_of(session, round_id=of.id)
    if setup is None:
        setup = PanelSetup(round_id=of.id, wish={})
        session.add(setup)
        session.flush()
    return setup


def save_bids(
    session: Session,
    *,
    actor: Actor,
    member: PanelMember,
    said: Mapping[int, Said],
    now: datetime,
) -> int:
    """Take over what the judge says, by entry id; how many entries changed.

    "Must not" declares a conflict, which organizers decide on; until then, and when confirmed,
    the judge gets no entry of that team. Entries that were not offered are left out: they may
    have been withdrawn meanwhile. WrongState when the time is up; Invalid (field `reason-<entry
    id>`) where a reason is missing or too long.
    """
    authorize(actor, Permission.BID, member)
    hold_assignments(session, competition_id=member.round.competition_id)
    bidding = bidding_of(session, of=member.round, judge=member.judge)
    if not bidding.is_open(now):
        raise WrongState("bidding_closed")
    offered = {offer.entry_id: offer.choice for offer in bidding.offers}
    changed = {
        entry_id: item
        for entry_id, item in said.items()
        if entry_id in offered and offered[entry_id] is not item.choice
    }
    problems = [
        problem for entry_id, item in changed.items() if (problem := _problem(entry_id, item))
    ]
    if problems:
        raise Invalid(problems)
    if not changed:
        return 0
    _store(session, member, changed, now)
    audit(
        session,
        actor=actor,
        action="save_bids",
        now=now,
        thing=member,
        name=member.judge.account.name,
        competition_id=member.round.competition_id,
        after=_named(bidding, changed),
    )
    _declare(session, actor, member, changed, now)
    return len(changed)


def _named(bidding: Bidding, changed: Mapping[int, Said]) -> dict[str, list[str]]:
    """Numbers of the entries by what is now said of them, for the audit log."""
    found: dict[str, list[str]] = {}
    for offer in bidding.offers:
        if offer.entry_id in changed:
            choice = changed[offer.entry_id].choice
            found.setdefault(choice.value if choice else "no_opinion", []).append(offer.number)
    return found


def _problem(entry_id: int, item: Said) -> Problem | None:
    if item.choice is not BidChoice.MUST_NOT:
        return None
    if not item.reason.strip():
        return Problem.of("reason_needed", field=f"reason-{entry_id}")
    if len(item.reason.strip()) > REASON_LENGTH_MAX:
        return Problem.of("too_long", field=f"reason-{entry_id}", limit=REASON_LENGTH_MAX)
    return None


def _store(
    session: Session, member: PanelMember, changed: Mapping[int, Said], now: datetime
) -> None:
    session.execute(delete(Bid).where(Bid.judge_id == member.judge_id, Bid.entry_id.in_(changed)))
    new = [
        {
            "judge_id": member.judge_id,
            "entry_id": entry_id,
            "choice": item.choice,
            "updated_at": now,
        }
        for entry_id, item in sorted(changed.items())
        if item.choice is not None
    ]
    if new:
        session.execute(insert(Bid), new)


def _declare(
    session: Session,
    actor: Actor,
    member: PanelMember,
    changed: Mapping[int, Said],
    now: datetime,
) -> None:
    refused = [entry_id for entry_id, item in changed.items() if item.choice is BidChoice.MUST_NOT]
    for entry in session.scalars(select(Entry).where(Entry.id.in_(refused)).order_by(Entry.id)):
        record_conflict(
            session,
            actor=actor,
            judge=member.judge,
            team=entry.team,
            reason=changed[entry.id].reason,
            source=ConflictSource.JUDGE,
            status=ConflictStatus.FOUND,
            now=now,
        )
    if refused:
        withdraw_conflicted(session, actor=actor, judges=[member.judge], now=now)
