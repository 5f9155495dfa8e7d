"""An entry's life with its team: begun, changed, submitted, withdrawn, taken back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from competition.errors import Invalid, NotFound, Problem, WrongState
from competition.models import Competition, Entry, EntryVersion, LocalText, Round, Team
from competition.policies import Actor, Permission, authorize
from competition.policies.receiving import closed_to_entries
from competition.services.record import audit, snapshot
from competition.services.submissions.locking import agree, hold, hold_open
from competition.services.submissions.versions import (
    differs,
    draft_content,
    last_of,
    live_files,
    new_version,
    restore,
)
from competition.vocabulary import (
    ENTRY_TRANSITIONS,
    JUDGEABLE_ENTRY_STATES,
    EntryState,
    RoundState,
)

TITLE_LENGTH_MAX = 120
SUMMARY_LENGTH_MAX = 4000
ADDRESS_LENGTH_MAX = 500
WITHDRAWABLE_IN = frozenset({RoundState.RECEIVING, RoundState.SCREENING})
PARTS = frozenset({"title", "summary", "track_id", "repository_url", "demo_url"})


def start_entry(
    session: Session, *, actor: Actor, team: Team, of: Round, track_id: int, now: datetime
) -> Entry:
    """The team's draft in the round, with the next free number; the one there is if there is one.

    The first round is open to every team; into later ones the organizers send entries on.
    """
    authorize(actor, Permission.EDIT_ENTRY, team)
    if of.competition_id != team.competition_id:
        raise NotFound
    hold(session, of)  # not in common: numbers are given one after the other
    existing = session.scalar(select(Entry).where(Entry.round_id == of.id, Entry.team == team))
    if existing is not None:
        return existing
    closed = closed_to_entries(
        round_state=of.state,
        opens_at=of.opens_at,
        closes_at=of.submissions_close_at,
        arrived=now,
    )
    if closed is not None:
        raise WrongState(closed, object="round", state=of.state)
    if not is_first(of):
        raise WrongState("team_not_in_round", object="round", state=of.state)
    track = next((item for item in of.competition.tracks if item.id == track_id), None)
    if track is None:
        raise Invalid.one("track_unknown", field="track_id")
    entry = Entry(
        round=of, team=team, track=track, number=next_number(session, of.id), created_at=now
    )
    session.add(entry)
    audit_entry(session, actor, "start_entry", now, entry, after=snapshot(entry))
    return entry


def is_first(of: Round) -> bool:
    """Whether teams enter this round by themselves."""
    return all(of.position <= item.position for item in of.competition.rounds)


def next_number(session: Session, round_id: int) -> str:
    """The number after the highest one in use; the caller holds the round."""
    highest = session.scalar(
        select(Entry.number)
        .where(Entry.round_id == round_id, Entry.number.like("E-%"))
        .order_by(func.length(Entry.number).desc(), Entry.number.desc())
        .limit(1)
    )
    digits = (highest or "E-0").removeprefix("E-")
    return f"E-{int(digits) + 1 if digits.isdecimal() else 1:03}"


def edit_entry(
    session: Session,
    *,
    actor: Actor,
    entry: Entry,
    revision: int | None,
    now: datetime,
    **changes: Any,
) -> None:
    """Change parts of the draft: `title`, `summary`, `track_id`, `repository_url`, `demo_url`.

    Nothing is submitted by this. Raises WrongState once the team may not change it any more.
    """
    authorize(actor, Permission.EDIT_ENTRY, entry)
    if not changes.keys() <= PARTS:
        raise TypeError(sorted(changes.keys() - PARTS))
    hold_open(session, entry, arrived=now)
    agree(entry, revision)
    problems = list(_part_problems(entry, changes))
    if problems:
        raise Invalid(problems)
    before = snapshot(entry)
    for name, value in changes.items():
        setattr(entry, name, value)
    if snapshot(entry) != before:
        audit_entry(session, actor, "edit_entry", now, entry, before=before, after=snapshot(entry))


def _part_problems(entry: Entry, changes: dict[str, Any]) -> Iterator[Problem]:
    for name, limit in (("title", TITLE_LENGTH_MAX), ("summary", SUMMARY_LENGTH_MAX)):
        text = changes.get(name, LocalText())
        for language in ("en", "zh"):
            if len(getattr(text, language)) > limit:
                yield Problem.of("too_long", field=f"{name}_{language}", limit=limit)
    for name in ("repository_url", "demo_url"):
        address = changes.get(name, "")
        if address and not is_web_address(address):
            yield Problem.of("not_a_web_address", field=name)
    if "track_id" in changes:
        tracks = {item.id for item in entry.round.competition.tracks}
        if changes["track_id"] not in tracks:
            yield Problem.of("track_unknown", field="track_id")


def is_web_address(text: str) -> bool:
    """Whether this can be the address of a page; it is never fetched.

    >>> is_web_address("https://git.school.example/team/app"), is_web_address("javascript:alert(1)")
    (True, False)
    """
    if len(text) > ADDRESS_LENGTH_MAX or not text.isprintable() or " " in text or "\\" in text:
        return False
    try:
        parts = urlsplit(text)
        port_is_fine = parts.port is None or 0 < parts.port < 65536
    except ValueError:
        return False
    host = parts.hostname or ""
    has_host = "." in host.strip(".") or host == "localhost" or ":" in host
    is_plain = parts.username is None and parts.password is None
    return parts.scheme in {"http", "https"} and has_host and port_is_fine and is_plain


def incomplete(entry: Entry) -> list[Problem]:
    """What is missing before the entry can be submitted."""
    problems = []
    if not entry.title:
        problems.append(Problem.of("entry_without_title", field="title"))
    if not entry.summary:
        problems.append(Problem.of("entry_without_summary", field="summary"))
    if not (live_files(entry) or entry.repository_url or entry.demo_url):
        problems.append(Problem.of("entry_without_work", field="files"))
    return problems


def submit_entry(
    session: Session, *, actor: Actor, entry: Entry, revision: int | None, now: datetime
) -> tuple[EntryVersion, bool]:
    """Hand in the draft as a new version; the last version in time counts.

    `now` is the instant at which the whole request had arrived. The second of the pair tells
    whether a version was made: handing in again what is in already changes nothing. Raises
    WrongState when late or closed, Invalid with what is missing, Conflict when the draft is not
    the one that was shown.
    """
    authorize(actor, Permission.EDIT_ENTRY, entry)
    hold_open(session, entry, arrived=now)
    last = last_of(entry.versions)
    if last is not None and entry.state is EntryState.SUBMITTED and not differs(entry, last):
        return last, False
    agree(entry, revision)
    problems = incomplete(entry)
    if problems:
        raise Invalid(problems)
    before = snapshot(entry)
    version = new_version(entry, account_id=actor.account_id, submitted_at=now)
    entry.state, entry.state_reason = EntryState.SUBMITTED, ""
    session.flush()
    audit_entry(
        session,
        actor,
        "submit_entry",
        now,
        entry,
        before={**before, "version": version.version - 1 or None},
        after={**snapshot(entry), "version": version.version, "digest": version.digest},
    )
    return version, True


def discard_changes(session: Session, *, actor: Actor, entry: Entry, now: datetime) -> None:
    """Make the draft again what was submitted last; nothing to do when nothing was."""
    authorize(actor, Permission.EDIT_ENTRY, entry)
    hold_open(session, entry, arrived=now)
    last = last_of(entry.versions)
    if last is not None and differs(entry, last):
        before = draft_content(entry)
        restore(entry, last, now=now)
        session.flush()
        session.refresh(entry, ["track"])
        after = draft_content(entry)
        audit_entry(session, actor, "discard_changes", now, entry, before=before, after=after)


def settle_drafts(session: Session, *, actor: Actor, of: Round, now: datetime) -> int:
    """Let the last submitted version of every entry count, when a round stops receiving.

    Changes that were never submitted are undone (the log keeps them); returns how many entries
    had some. The caller has authorized the move and holds the round.
    """
    entries = session.scalars(
        select(Entry)
        .where(Entry.round_id == of.id, Entry.state.in_(JUDGEABLE_ENTRY_STATES))
        .options(
            joinedload(Entry.round).joinedload(Round.competition).selectinload(Competition.tracks),
            joinedload(Entry.team),
            joinedload(Entry.track),
            selectinload(Entry.files),
            selectinload(Entry.versions),
        )
        .order_by(Entry.id)
    ).all()
    changed = 0
    for entry in entries:
        last = last_of(entry.versions)
        if last is not None and last.content and differs(entry, last):
            before = draft_content(entry)
            restore(entry, last, now=now)
            changed += 1
            audit_entry(
                session, actor, "discard_changes", now, entry, before=before, after=last.content
            )
    return changed


def withdraw_entry(session: Session, *, actor: Actor, entry: Entry, now: datetime) -> None:
    """Take the entry out of the round; nothing of it is deleted.

    Possible until judges are assigned; afterwards it is the organizers' to decide.
    """
    authorize(actor, Permission.EDIT_ENTRY, entry)
    of = hold(session, entry.round, shared=True)
    hold(session, entry)
    if of.state not in WITHDRAWABLE_IN:
        raise WrongState("withdrawal_over", object="round", state=of.state)
    move_entry(session, actor, "withdraw_entry", entry, EntryState.WITHDRAWN, "", now)


def take_back_withdrawal(session: Session, *, actor: Actor, entry: Entry, now: datetime) -> None:
    """Make a withdrawn entry a draft again, as long as the round receives entries."""
    authorize(actor, Permission.EDIT_ENTRY, entry)
    of = hold(session, entry.round, shared=True)
    hold(session, entry)
    closed = closed_to_entries(
        round_state=of.state,
        opens_at=of.opens_at,
        closes_at=of.submissions_close_at,
        arrived=now,
    )
    if closed is not None:
        raise WrongState(closed, object="round", state=of.state)
    move_entry(session, actor, "take_back_withdrawal", entry, EntryState.DRAFT, "", now)


def move_entry(
    session: Session,
    actor: Actor,
    action: str,
    entry: Entry,
    target: EntryState,
    reason: str,
    now: datetime,
) -> None:
    """Change the state of an entry that the caller holds; WrongState when there is no such way."""
    if target not in ENTRY_TRANSITIONS[entry.state]:
        raise WrongState("entry_cannot_move", object="entry", state=entry.state, allowed=target)
    before = snapshot(entry)
    entry.state, entry.state_reason = target, reason
    audit_entry(session, actor, action, now, entry, before=before, after=snapshot(entry))


def audit_entry(
    session: Session, actor: Actor, action: str, now: datetime, entry: Entry, **snapshots: Any
) -> None:
    audit(
        session,
        actor=actor,
        action=action,
        now=now,
        thing=entry,
        name=entry.number,
        competition_id=entry.round.competition_id,
        **snapshots,
    )
