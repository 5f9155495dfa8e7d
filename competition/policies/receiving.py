"""Whether a team may still change what it hands in, and if not, why."""

from __future__ import annotations

from datetime import datetime

from competition.policies.deadlines import is_in_time
from competition.vocabulary import CompetitionState, EntryState, RoundState

OPEN_ENTRY_STATES = frozenset({EntryState.DRAFT, EntryState.SUBMITTED, EntryState.RETURNED})


def closed_to_entries(
    *,
    round_state: RoundState,
    opens_at: datetime | None,
    closes_at: datetime | None,
    arrived: datetime,
    entry_state: EntryState = EntryState.DRAFT,
) -> str | None:
    """Why an entry in this state cannot be changed by its team; None while it can.

    An entry returned for correction stays open as long as its round is screened: it was in time.
    """
    if entry_state not in OPEN_ENTRY_STATES:
        return f"entry_is_{entry_state.value}"
    if entry_state is EntryState.RETURNED and round_state in {
        RoundState.RECEIVING,
        RoundState.SCREENING,
    }:
        return None
    if round_state is RoundState.SETUP:
        return "round_not_open_yet"
    if round_state is not RoundState.RECEIVING:
        return "round_not_receiving"
    if opens_at is not None and arrived < opens_at:
        return "round_not_open_yet"
    return None if is_in_time(arrived, closes_at) else "submission_late"


def closed_to_teams(
    *, state: CompetitionState, closes_at: datetime | None, arrived: datetime
) -> str | None:
    """Why no team can register or change its members; None while it can."""
    if state is CompetitionState.DRAFT:
        return "registration_not_open_yet"
    if state is not CompetitionState.OPEN:
        return "registration_closed"
    return None if is_in_time(arrived, closes_at) else "registration_late"
