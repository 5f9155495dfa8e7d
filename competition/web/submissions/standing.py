"""What a team reads of its entry in each round: how it stands, and what to do next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from flask import url_for
from flask_babel import gettext as _

from competition.models import Competition, Entry, Round, Team
from competition.policies import Actor, Permission, can
from competition.policies.receiving import closed_to_entries
from competition.services.submissions.entries import is_first
from competition.services.submissions.versions import differs, last_of
from competition.vocabulary import EntryState, RoundState
from competition.web.labels import label
from competition.web.messages import sentence

TONES = {
    EntryState.DRAFT: "info",
    EntryState.SUBMITTED: "good",
    EntryState.ELIGIBLE: "plain",
    EntryState.RETURNED: "warn",
    EntryState.DISQUALIFIED: "bad",
    EntryState.WITHDRAWN: "plain",
}


@dataclass(frozen=True)
class RoundOfTeam:
    """One round on the team's page."""

    round: Round
    entry: Entry | None
    state: str
    tone: str
    next_step: str
    url: str | None
    """Where to go on; None when there is nothing to do."""
    action: str


def rounds_of_team(
    competition: Competition,
    team: Team,
    entries: Mapping[int, Entry],
    actor: Actor,
    now: datetime,
) -> list[RoundOfTeam]:
    """The rounds that have begun, and the team's entry in each."""
    rows = []
    for of in competition.rounds:
        entry = entries.get(of.id)
        if entry is not None:
            rows.append(_with_entry(competition, of, entry, actor, now))
        elif of.state is not RoundState.SETUP and is_first(of):
            rows.append(_without_entry(competition, of, team, actor, now))
    return rows


def _without_entry(
    competition: Competition, of: Round, team: Team, actor: Actor, now: datetime
) -> RoundOfTeam:
    closed = closed_to_entries(
        round_state=of.state, opens_at=of.opens_at, closes_at=of.submissions_close_at, arrived=now
    )
    may_start = closed is None and can(actor, Permission.EDIT_ENTRY, team)
    url = url_for(".start", slug=competition.slug, team_id=team.id, position=of.position)
    return RoundOfTeam(
        round=of,
        entry=None,
        state=_("No entry yet"),
        tone="info" if closed is None else "plain",
        next_step=_("Choose a track, and fill in the parts whenever you like.")
        if closed is None
        else sentence(closed),
        url=url if may_start else None,
        action=_("Begin your entry"),
    )


def _with_entry(
    competition: Competition, of: Round, entry: Entry, actor: Actor, now: datetime
) -> RoundOfTeam:
    is_open = not closed_for(entry, now)
    is_in = entry.state is EntryState.SUBMITTED and not differs(entry, last_of(entry.versions))
    needs_work = is_open and not is_in and can(actor, Permission.EDIT_ENTRY, entry)
    return RoundOfTeam(
        round=of,
        entry=entry,
        state=label(entry.state),
        tone=TONES[entry.state],
        next_step=next_step(entry, is_open=is_open),
        url=url_for(".entry", slug=competition.slug, entry_id=entry.id),
        action=_("Continue with your entry") if needs_work else _("Open the entry"),
    )


def closed_for(entry: Entry, now: datetime) -> str | None:
    """Why the team may not change the entry; None while it can."""
    of = entry.round
    return closed_to_entries(
        round_state=of.state,
        opens_at=of.opens_at,
        closes_at=of.submissions_close_at,
        arrived=now,
        entry_state=entry.state,
    )


def next_step(entry: Entry, *, is_open: bool) -> str:
    """One sentence: is it in, and what comes next."""
    text: str
    match entry.state:
        case EntryState.DRAFT if is_open:
            text = _("Not submitted yet. Only a submitted version counts.")
        case EntryState.DRAFT:
            text = _("Nothing was submitted before the deadline.")
        case EntryState.SUBMITTED if is_open and differs(entry, last_of(entry.versions)):
            text = _(
                "Submitted, but changed since: the changes do not count until you submit them."
            )
        case EntryState.SUBMITTED if is_open:
            text = _("Submitted; you can change everything until the deadline.")
        case EntryState.SUBMITTED:
            text = _("Submitted. The organizers look at it next.")
        case EntryState.ELIGIBLE:
            text = _("Accepted. Judges read what you submitted last.")
        case EntryState.RETURNED:
            text = _("Returned for correction: %(reason)s", reason=entry.state_reason)
        case EntryState.DISQUALIFIED:
            text = _("Disqualified: %(reason)s", reason=entry.state_reason)
        case EntryState.WITHDRAWN:
            text = _("Withdrawn by the team.")
    return text
