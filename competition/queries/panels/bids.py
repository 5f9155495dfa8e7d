"""What judges may bid on, and what they have said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from competition.models import (
    Bid,
    Entry,
    Judge,
    LocalText,
    PanelMember,
    PanelSetup,
    Round,
    Team,
    Track,
)
from competition.queries.panels.conflicts import conflict_map
from competition.vocabulary import JUDGEABLE_ENTRY_STATES, BidChoice, RoundState

BIDDING_STATES = frozenset({RoundState.RECEIVING, RoundState.SCREENING, RoundState.ASSIGNING})
"""Rounds in which bids may be collected."""


@dataclass(frozen=True)
class Offer:
    """An entry as a judge may know it before anything is assigned; team and people never."""

    entry_id: int
    number: str
    title: LocalText
    summary: LocalText
    track: LocalText
    choice: BidChoice | None


@dataclass(frozen=True)
class Bidding:
    """One judge's bids in one round."""

    closes_at: datetime | None
    state: RoundState
    offers: Sequence[Offer]
    refused: Sequence[str]
    """Numbers of entries the judge said they must not judge."""

    def is_open(self, now: datetime) -> bool:
        return bids_open(self.closes_at, self.state, now)

    @property
    def said(self) -> int:
        return sum(offer.choice is not None for offer in self.offers)


def bids_open(closes_at: datetime | None, state: RoundState, now: datetime) -> bool:
    return closes_at is not None and now <= closes_at and state in BIDDING_STATES


def bidding_of(session: Session, *, of: Round, judge: Judge) -> Bidding:
    """The entries of the judge's tracks that no conflict forbids, by track and number.

    None are shown in a round that does not ask for bids. The number of statements does not grow
    with the entries.
    """
    closes_at = session.scalar(select(PanelSetup.bids_close_at).where(PanelSetup.round_id == of.id))
    conflicts = conflict_map(session, competition_id=of.competition_id)
    own = {track.id for track in judge.tracks}
    rows = session.execute(
        select(
            Entry.id,
            Entry.number,
            Entry.title,
            Entry.summary,
            Entry.team_id,
            Entry.track_id,
            Track.name.label("track"),
            Bid.choice,
        )
        .join(Track, Track.id == Entry.track_id)
        .join(Team, Team.id == Entry.team_id)
        .outerjoin(Bid, (Bid.entry_id == Entry.id) & (Bid.judge_id == judge.id))
        .where(Entry.round_id == of.id, Entry.state.in_(JUDGEABLE_ENTRY_STATES))
        .order_by(Track.position, Entry.number)
    ).all()
    offers = [
        Offer(row.id, row.number, row.title, row.summary, row.track, row.choice)
        for row in rows
        if closes_at is not None
        and (judge.id, row.team_id) not in conflicts
        and (not own or row.track_id in own)
    ]
    refused = [row.number for row in rows if row.choice is BidChoice.MUST_NOT]
    return Bidding(closes_at, of.state, offers, refused)


def bids_of_round(session: Session, *, round_id: int) -> dict[tuple[int, int], BidChoice]:
    """Every bid by entry id and judge id; one statement."""
    rows = session.execute(
        select(Bid.entry_id, Bid.judge_id, Bid.choice)
        .join(Entry, Entry.id == Bid.entry_id)
        .where(Entry.round_id == round_id)
    )
    return {(entry_id, judge_id): choice for entry_id, judge_id, choice in rows}


def bidders_of_round(session: Session, *, round_id: int) -> int:
    """How many judges have said anything; one statement."""
    return (
        session.scalar(
            select(func.count(Bid.judge_id.distinct()))
            .join(Entry, Entry.id == Bid.entry_id)
            .where(Entry.round_id == round_id)
        )
        or 0
    )


def seat_of(session: Session, *, of: Round, judge_ids: frozenset[int]) -> PanelMember | None:
    """The seat on this panel of one of these judges: an account judges once in a competition."""
    return session.scalar(
        select(PanelMember)
        .join(Judge, Judge.id == PanelMember.judge_id)
        .where(PanelMember.round_id == of.id, PanelMember.judge_id.in_(judge_ids))
        .options(joinedload(PanelMember.judge), joinedload(PanelMember.round))
    )


def biddings_open(
    session: Session, *, judge_ids: frozenset[int], competition_id: int, now: datetime
) -> Sequence[Round]:
    """Rounds of the competition in which one of these judges may bid now; one statement."""
    return session.scalars(
        select(Round)
        .join(PanelMember, PanelMember.round_id == Round.id)
        .join(PanelSetup, PanelSetup.round_id == Round.id)
        .where(
            Round.competition_id == competition_id,
            PanelMember.judge_id.in_(judge_ids),
            PanelSetup.bids_close_at >= now,
            Round.state.in_(BIDDING_STATES),
        )
        .order_by(Round.position)
    ).all()
