"""Screening: eligible, returned, disqualified, and undone."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from competition.errors import Forbidden, Invalid, NotFound, WrongState
from competition.models import AuditEntry, Entry, Round
from competition.policies import Actor
from competition.services.submissions import screening as service
from competition.vocabulary import EntryState, Role, RoundState
from tests.support.builders import (
    NOW,
    actor_for,
    grant,
    make_account,
    make_competition,
    make_entry,
    make_organizer,
    make_round,
    make_team,
)


@pytest.fixture
def of(session: Session) -> Round:
    return make_round(session, make_competition(session), state=RoundState.SCREENING)


@pytest.fixture
def entry(session: Session, of: Round) -> Entry:
    return make_entry(session, of, make_team(session, of.competition), state=EntryState.SUBMITTED)


@pytest.fixture
def organizer(session: Session, of: Round) -> Actor:
    return actor_for(session, make_organizer(session, of.competition))


def audited(session: Session, action: str) -> AuditEntry:
    return session.scalars(select(AuditEntry).where(AuditEntry.action == action)).one()


def test_marking_eligible_is_audited_with_before_and_after(
    session: Session, entry: Entry, organizer: Actor
) -> None:
    service.mark_eligible(session, actor=organizer, entry=entry, now=NOW)
    log = audited(session, "mark_eligible")
    assert (log.before, log.after) == ({"state": "submitted"}, {"state": "eligible"})


def test_returning_and_disqualifying_keep_the_reason(
    session: Session, entry: Entry, organizer: Actor
) -> None:
    service.return_entry(session, actor=organizer, entry=entry, reason=" Page 3 ", now=NOW)
    assert (entry.state, entry.state_reason) == (EntryState.RETURNED, "Page 3")
    service.disqualify_entry(session, actor=organizer, entry=entry, reason="Copied", now=NOW)
    assert (entry.state, entry.state_reason) == (EntryState.DISQUALIFIED, "Copied")
    assert audited(session, "disqualify_entry").before == {
        "state": "returned",
        "state_reason": "Page 3",
    }


@pytest.mark.parametrize("reason", ["", "  \n", "x" * 2001])
def test_returning_without_a_usable_reason_is_refused(
    session: Session, entry: Entry, organizer: Actor, reason: str
) -> None:
    for verb in (service.return_entry, service.disqualify_entry):
        with pytest.raises(Invalid) as caught:
            verb(session, actor=organizer, entry=entry, reason=reason, now=NOW)
        assert caught.value.problems[0].field == "reason"
    assert entry.state is EntryState.SUBMITTED


@pytest.mark.parametrize(
    "state", [EntryState.ELIGIBLE, EntryState.RETURNED, EntryState.DISQUALIFIED]
)
def test_undoing_makes_the_entry_submitted_again(
    session: Session, entry: Entry, organizer: Actor, state: EntryState
) -> None:
    entry.state, entry.state_reason = state, "because"
    session.flush()
    service.undo_screening(session, actor=organizer, entry=entry, now=NOW)
    assert (entry.state, entry.state_reason) == (EntryState.SUBMITTED, "")


@pytest.mark.parametrize("state", [EntryState.DRAFT, EntryState.SUBMITTED, EntryState.WITHDRAWN])
def test_undoing_where_nothing_was_decided_is_refused(
    session: Session, entry: Entry, organizer: Actor, state: EntryState
) -> None:
    entry.state = state
    session.flush()
    with pytest.raises(WrongState):
        service.undo_screening(session, actor=organizer, entry=entry, now=NOW)


@pytest.mark.parametrize("state", [EntryState.DRAFT, EntryState.WITHDRAWN])
def test_deciding_about_an_entry_that_is_not_in_is_refused(
    session: Session, entry: Entry, organizer: Actor, state: EntryState
) -> None:
    entry.state = state
    session.flush()
    with pytest.raises(WrongState):
        service.mark_eligible(session, actor=organizer, entry=entry, now=NOW)
    with pytest.raises(WrongState):
        service.disqualify_entry(session, actor=organizer, entry=entry, reason="x", now=NOW)


def test_marking_eligible_while_the_team_can_still_change_it_is_refused(
    session: Session, of: Round, entry: Entry, organizer: Actor
) -> None:
    of.state = RoundState.RECEIVING
    session.flush()
    with pytest.raises(WrongState) as caught:
        service.mark_eligible(session, actor=organizer, entry=entry, now=NOW)
    assert caught.value.code == "still_receiving"
    with pytest.raises(WrongState):
        service.mark_all_eligible(session, actor=organizer, of=of, now=NOW)
    late = NOW + timedelta(days=3)
    service.mark_eligible(session, actor=organizer, entry=entry, now=late)
    assert entry.state is EntryState.ELIGIBLE


@pytest.mark.parametrize("state", [RoundState.LOCKED, RoundState.RESULTS, RoundState.SETUP])
def test_screening_once_the_scores_are_locked_is_refused(
    session: Session, of: Round, entry: Entry, organizer: Actor, state: RoundState
) -> None:
    of.state = state
    session.flush()
    with pytest.raises(WrongState):
        service.disqualify_entry(session, actor=organizer, entry=entry, reason="x", now=NOW)


def test_returning_once_judges_are_assigned_is_refused(
    session: Session, of: Round, entry: Entry, organizer: Actor
) -> None:
    of.state = RoundState.JUDGING
    session.flush()
    with pytest.raises(WrongState) as caught:
        service.return_entry(session, actor=organizer, entry=entry, reason="x", now=NOW)
    assert caught.value.code == "return_over"


def test_marking_all_takes_the_submitted_ones_only_and_audits_each(
    session: Session, of: Round, entry: Entry, organizer: Actor
) -> None:
    others = [
        make_entry(
            session, of, make_team(session, of.competition, f"T{n}"), state=state, state_reason="x"
        )
        for n, state in enumerate(item for item in EntryState)
    ]
    assert service.mark_all_eligible(session, actor=organizer, of=of, now=NOW) == 2
    assert entry.state is EntryState.ELIGIBLE
    assert [item.state for item in others] == [
        EntryState.ELIGIBLE if item is EntryState.SUBMITTED else item for item in EntryState
    ]
    actions = session.scalars(select(AuditEntry.action)).all()
    assert actions.count("mark_eligible") == 2


def test_screening_is_for_organizers_only(session: Session, of: Round, entry: Entry) -> None:
    captain = entry.team.members[0].account
    observer = make_account(session)
    grant(session, observer, of.competition, Role.OBSERVER)
    assert captain is not None
    for account in (captain, observer):
        with pytest.raises(Forbidden):
            service.mark_eligible(session, actor=actor_for(session, account), entry=entry, now=NOW)
    stranger = actor_for(session, make_account(session))
    with pytest.raises(NotFound):
        service.mark_eligible(session, actor=stranger, entry=entry, now=NOW)
