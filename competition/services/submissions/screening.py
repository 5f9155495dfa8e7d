"""Screening: organizers say which entries are judged, and why others are not."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from competition.errors import Invalid, WrongState
from competition.models import Entry, Round
from competition.policies import Actor, Permission, authorize
from competition.policies.deadlines import is_in_time
from competition.services.record import snapshot
from competition.services.submissions.entries import audit_entry, move_entry
from competition.services.submissions.locking import hold
from competition.vocabulary import EntryState, RoundState

REASON_LENGTH_MAX = 2000
SCREENED_IN = frozenset(
    {RoundState.RECEIVING, RoundState.SCREENING, RoundState.ASSIGNING, RoundState.JUDGING}
)
RETURNED_IN = frozenset({RoundState.RECEIVING, RoundState.SCREENING})
"""In these the team can still correct what comes back to it."""
UNDONE = frozenset({EntryState.ELIGIBLE, EntryState.RETURNED, EntryState.DISQUALIFIED})


def mark_eligible(session: Session, *, actor: Actor, entry: Entry, now: datetime) -> None:
    """Let the entry go to the judges; not while its team may still change it."""
    _decidable(_screened(session, actor, entry), now)
    move_entry(session, actor, "mark_eligible", entry, EntryState.ELIGIBLE, "", now)


def return_entry(
    session: Session, *, actor: Actor, entry: Entry, reason: str, now: datetime
) -> None:
    """Give the entry back to its team with a reason; it is open again while the round is screened.

    Not once judges are assigned: nobody would see the correction.
    """
    of = _screened(session, actor, entry)
    if of.state not in RETURNED_IN:
        raise WrongState("return_over", object="round", state=of.state)
    reason = _given(reason)
    move_entry(session, actor, "return_entry", entry, EntryState.RETURNED, reason, now)


def disqualify_entry(
    session: Session, *, actor: Actor, entry: Entry, reason: str, now: datetime
) -> None:
    """Take the entry out of the ranking with a reason that the team reads."""
    _screened(session, actor, entry)
    reason = _given(reason)
    move_entry(session, actor, "disqualify_entry", entry, EntryState.DISQUALIFIED, reason, now)


def undo_screening(session: Session, *, actor: Actor, entry: Entry, now: datetime) -> None:
    """Make the entry what it was before the screening: submitted."""
    _screened(session, actor, entry)
    if entry.state not in UNDONE:
        raise WrongState("nothing_to_undo", object="entry", state=entry.state)
    move_entry(session, actor, "undo_screening", entry, EntryState.SUBMITTED, "", now)


def mark_all_eligible(session: Session, *, actor: Actor, of: Round, now: datetime) -> int:
    """Mark every submitted entry of the round as eligible; returns how many there were."""
    authorize(actor, Permission.SCREEN_ENTRY, of)
    hold(session, of)
    _decidable(of, now)
    entries = session.scalars(
        select(Entry)
        .where(Entry.round_id == of.id, Entry.state == EntryState.SUBMITTED)
        .options(joinedload(Entry.round))
        .order_by(Entry.id)
        .with_for_update(of=Entry)
        .execution_options(populate_existing=True)
    ).all()
    for entry in entries:
        before = snapshot(entry)
        entry.state = EntryState.ELIGIBLE
        audit_entry(
            session, actor, "mark_eligible", now, entry, before=before, after=snapshot(entry)
        )
    return len(entries)


def _screened(session: Session, actor: Actor, entry: Entry) -> Round:
    """The entry's round, both held, if organizers may still decide about the entry."""
    authorize(actor, Permission.SCREEN_ENTRY, entry)
    of = hold(session, entry.round, shared=True)
    hold(session, entry)
    if of.state not in SCREENED_IN:
        raise WrongState("screening_over", object="round", state=of.state)
    return of


def can_be_decided(of: Round, now: datetime) -> bool:
    """Whether entries of the round can be marked as eligible: their teams are done with them."""
    is_open = of.state is RoundState.RECEIVING and is_in_time(now, of.submissions_close_at)
    return of.state in SCREENED_IN and not is_open


def _decidable(of: Round, now: datetime) -> None:
    if not can_be_decided(of, now):
        code = "still_receiving" if of.state in SCREENED_IN else "screening_over"
        raise WrongState(code, object="round", state=of.state)


def _given(reason: str) -> str:
    text = reason.strip()
    if not text:
        raise Invalid.one("screening_without_reason", field="reason")
    if len(text) > REASON_LENGTH_MAX:
        raise Invalid.one("too_long", field="reason", limit=REASON_LENGTH_MAX)
    return text
