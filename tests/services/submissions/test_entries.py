"""Entries: numbers, drafts, submitting, versions, withdrawing."""

from __future__ import annotations

import hashlib
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from competition.errors import Conflict, Forbidden, Invalid, NotFound, WrongState
from competition.models import AuditEntry, Entry, LocalText, Round, Team
from competition.policies import Actor
from competition.policies.receiving import closed_to_entries
from competition.services.rounds.states import move_round
from competition.services.submissions import entries as service
from competition.services.submissions.versions import canonical_json, differs, last_of
from competition.vocabulary import EntryState, RoundState
from tests.support.builders import (
    NOW,
    actor_for,
    make_account,
    make_competition,
    make_entry,
    make_organizer,
    make_round,
    make_team,
)

LATE = NOW + timedelta(days=3)
TEXT = {
    "title": LocalText(en="Bench watcher", zh="看守"),
    "summary": LocalText(zh="看守实验台"),
    "repository_url": "https://git.school.example/app",
}


@pytest.fixture
def of(session: Session) -> Round:
    return make_round(session, make_competition(session, tracks=("Learning", "Health")))


@pytest.fixture
def team(session: Session, of: Round) -> Team:
    return make_team(session, of.competition)


def captain(session: Session, team: Team) -> Actor:
    account = team.members[0].account
    assert account is not None
    return actor_for(session, account)


def begin(session: Session, of: Round, team: Team, **more: object) -> Entry:
    given = {"track_id": of.competition.tracks[0].id, "now": NOW, **more}
    return service.start_entry(
        session,
        actor=captain(session, team),
        team=team,
        of=of,
        **given,  # type: ignore[arg-type]
    )


def edit(session: Session, entry: Entry, **changes: object) -> None:
    service.edit_entry(
        session,
        actor=captain(session, entry.team),
        entry=entry,
        revision=None,
        now=NOW,
        **changes,
    )


def filled(session: Session, of: Round, team: Team) -> Entry:
    entry = begin(session, of, team)
    edit(session, entry, **TEXT)
    return entry


def submit(session: Session, entry: Entry, **more: object) -> tuple[int, bool]:
    given = {"revision": None, "now": NOW, **more}
    version, is_new = service.submit_entry(
        session,
        actor=captain(session, entry.team),
        entry=entry,
        **given,  # type: ignore[arg-type]
    )
    return version.version, is_new


def test_beginning_an_entry_gives_the_next_number_of_its_round(session: Session, of: Round) -> None:
    numbers = [
        begin(session, of, make_team(session, of.competition, f"Team {n}")).number for n in range(3)
    ]
    assert numbers == ["E-001", "E-002", "E-003"]
    make_entry(session, of, make_team(session, of.competition, "A"), number="E-1200")
    make_entry(session, of, make_team(session, of.competition, "B"), number="X-7")
    team = make_team(session, of.competition, "C")
    assert begin(session, of, team).number == "E-1201"


def test_beginning_an_entry_twice_gives_the_one_there_is(
    session: Session, of: Round, team: Team
) -> None:
    assert begin(session, of, team) is begin(session, of, team)


def test_beginning_an_entry_in_a_later_round_takes_the_organizers(
    session: Session, of: Round, team: Team
) -> None:
    final = make_round(session, of.competition)
    session.refresh(of.competition, ["rounds"])
    with pytest.raises(WrongState) as caught:
        begin(session, final, team)
    assert caught.value.code == "team_not_in_round"


def test_beginning_an_entry_with_a_foreign_track_is_refused(
    session: Session, of: Round, team: Team
) -> None:
    other = make_competition(session, "aiac-2027")
    with pytest.raises(Invalid) as caught:
        begin(session, of, team, track_id=other.tracks[0].id)
    assert caught.value.problems[0].field == "track_id"


def test_editing_an_entry_keeps_a_draft_and_audits_what_changed(
    session: Session, of: Round, team: Team
) -> None:
    entry = filled(session, of, team)
    assert (entry.state, entry.versions) == (EntryState.DRAFT, [])
    audited = session.scalars(select(AuditEntry).where(AuditEntry.action == "edit_entry")).one()
    assert audited.after is not None
    assert audited.after["title"] == {"en": "Bench watcher", "zh": "看守"}
    assert audited.object_name == "E-001"


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"title": LocalText(en="x" * 121)}, ("too_long", "title_en")),
        ({"summary": LocalText(zh="字" * 4001)}, ("too_long", "summary_zh")),
        ({"repository_url": "javascript:alert(1)"}, ("not_a_web_address", "repository_url")),
        ({"demo_url": "https://user:secret@host.example"}, ("not_a_web_address", "demo_url")),
        ({"demo_url": "http://"}, ("not_a_web_address", "demo_url")),
        ({"demo_url": "ftp://host.example"}, ("not_a_web_address", "demo_url")),
        ({"demo_url": "https://host.example/a b"}, ("not_a_web_address", "demo_url")),
        ({"demo_url": "https://host.example:99999"}, ("not_a_web_address", "demo_url")),
        ({"demo_url": "https://" + "x" * 500 + ".example"}, ("not_a_web_address", "demo_url")),
        ({"track_id": 999_999}, ("track_unknown", "track_id")),
    ],
)
def test_editing_an_entry_against_a_rule_names_the_field(
    session: Session, of: Round, team: Team, change: dict[str, object], problem: tuple[str, str]
) -> None:
    entry = begin(session, of, team)
    with pytest.raises(Invalid) as caught:
        edit(session, entry, **change)
    assert [(item.code, item.field) for item in caught.value.problems] == [problem]


@pytest.mark.parametrize(
    "address",
    [
        "https://git.school.example/46/app?x=1#top",
        "http://10.0.0.1:8080/",
        "https://[::1]/",
        "https://示例.中国/",
    ],
)
def test_editing_an_entry_takes_any_web_address(
    session: Session, of: Round, team: Team, address: str
) -> None:
    entry = begin(session, of, team)
    edit(session, entry, demo_url=address)
    assert entry.demo_url == address


def test_editing_an_entry_that_changed_meanwhile_is_refused(
    session: Session, of: Round, team: Team
) -> None:
    entry = begin(session, of, team)
    seen = entry.revision
    edit(session, entry, title=LocalText(en="First"))
    with pytest.raises(Conflict):
        service.edit_entry(
            session,
            actor=captain(session, team),
            entry=entry,
            revision=seen,
            now=NOW,
            title=LocalText(en="Second"),
        )
    assert entry.title.en == "First"


def test_submitting_makes_a_version_whose_digest_anyone_can_recompute(
    session: Session, of: Round, team: Team
) -> None:
    entry = filled(session, of, team)
    assert submit(session, entry) == (1, True)
    version = entry.versions[0]
    assert hashlib.sha256(canonical_json(version.content)).hexdigest() == version.digest
    assert version.content == {
        "competition": "aiac-2026",
        "round": {"en": "Preliminary round", "zh": "初赛"},
        "number": "E-001",
        "team": "Team 01",
        "track": {"id": of.competition.tracks[0].id, "en": "Learning", "zh": ""},
        "title": {"en": "Bench watcher", "zh": "看守"},
        "summary": {"en": "", "zh": "看守实验台"},
        "repository_url": "https://git.school.example/app",
        "demo_url": "",
        "files": [],
        "version": 1,
        "submitted_at": NOW.isoformat().replace("+00:00", "Z"),
    }
    assert (entry.state, version.submitted_at) == (EntryState.SUBMITTED, NOW)
    audited = session.scalars(select(AuditEntry).where(AuditEntry.action == "submit_entry")).one()
    assert audited.after is not None
    assert (audited.after["version"], audited.after["digest"]) == (1, version.digest)


def test_submitting_the_same_content_again_changes_nothing(
    session: Session, of: Round, team: Team
) -> None:
    entry = filled(session, of, team)
    revision = entry.revision
    assert submit(session, entry, revision=revision) == (1, True)
    assert submit(session, entry, revision=revision) == (1, False)
    assert len(entry.versions) == 1


def test_submitting_a_changed_draft_keeps_every_version(
    session: Session, of: Round, team: Team
) -> None:
    entry = filled(session, of, team)
    submit(session, entry)
    edit(session, entry, title=LocalText(en="Second thoughts"))
    assert differs(entry, last_of(entry.versions))
    assert submit(session, entry) == (2, True)
    assert [v.content["title"]["en"] for v in entry.versions] == [
        "Bench watcher",
        "Second thoughts",
    ]


def test_submitting_what_was_not_shown_is_refused(session: Session, of: Round, team: Team) -> None:
    entry = filled(session, of, team)
    shown = entry.revision
    edit(session, entry, title=LocalText(en="A teammate’s change"))
    with pytest.raises(Conflict):
        submit(session, entry, revision=shown)


def test_submitting_an_unfinished_entry_names_what_is_missing(
    session: Session, of: Round, team: Team
) -> None:
    with pytest.raises(Invalid) as caught:
        submit(session, begin(session, of, team))
    assert [(item.code, item.field) for item in caught.value.problems] == [
        ("entry_without_title", "title"),
        ("entry_without_summary", "summary"),
        ("entry_without_work", "files"),
    ]


def test_submitting_is_in_time_through_the_whole_last_second(
    session: Session, of: Round, team: Team
) -> None:
    entry = filled(session, of, team)
    deadline = of.submissions_close_at
    assert deadline is not None
    with pytest.raises(WrongState) as caught:
        submit(session, entry, now=deadline + timedelta(seconds=1))
    assert caught.value.code == "submission_late"
    assert submit(session, entry, now=deadline + timedelta(microseconds=999_999)) == (1, True)


@pytest.mark.parametrize("state", [item for item in RoundState if item is not RoundState.RECEIVING])
def test_submitting_in_a_round_that_does_not_receive_is_refused(
    session: Session, of: Round, team: Team, state: RoundState
) -> None:
    entry = filled(session, of, team)
    of.state = state
    session.flush()
    with pytest.raises(WrongState):
        submit(session, entry)
    with pytest.raises(WrongState):
        edit(session, entry, demo_url="")
    assert entry.versions == []


def test_submitting_is_not_for_instructors_or_strangers(
    session: Session, of: Round, team: Team
) -> None:
    entry = filled(session, of, team)
    organizer = actor_for(session, make_organizer(session, of.competition))
    with pytest.raises(Forbidden):
        service.submit_entry(session, actor=organizer, entry=entry, revision=None, now=NOW)
    stranger = actor_for(session, make_account(session))
    with pytest.raises(NotFound):
        service.submit_entry(session, actor=stranger, entry=entry, revision=None, now=NOW)


def test_submitting_a_returned_entry_works_as_long_as_the_round_is_screened(
    session: Session, of: Round, team: Team
) -> None:
    entry = filled(session, of, team)
    submit(session, entry)
    entry.state, entry.state_reason = EntryState.RETURNED, "page 3 is missing"
    of.state = RoundState.SCREENING
    session.flush()
    assert submit(session, entry, now=LATE) == (2, True)
    assert (entry.state, entry.state_reason) == (EntryState.SUBMITTED, "")


def test_discarding_changes_makes_the_draft_what_is_in(
    session: Session, of: Round, team: Team
) -> None:
    entry = filled(session, of, team)
    submit(session, entry)
    second = of.competition.tracks[1].id
    edit(session, entry, title=LocalText(), demo_url="https://x.example", track_id=second)
    service.discard_changes(session, actor=captain(session, team), entry=entry, now=NOW)
    assert (entry.title.en, entry.demo_url) == ("Bench watcher", "")
    assert entry.track_id == of.competition.tracks[0].id
    assert not differs(entry, last_of(entry.versions))


def test_closing_the_round_lets_the_last_submitted_version_count(
    session: Session, of: Round, team: Team
) -> None:
    entry = filled(session, of, team)
    submit(session, entry)
    edit(
        session, entry, title=LocalText(en="Never submitted"), track_id=of.competition.tracks[1].id
    )
    draft = begin(session, of, make_team(session, of.competition, "Team 02"))
    edit(session, draft, title=LocalText(en="A draft"))
    organizer = actor_for(session, make_organizer(session, of.competition))
    move_round(session, actor=organizer, round_=of, target=RoundState.SCREENING, now=LATE)
    session.flush()
    assert entry.title.en == "Bench watcher"
    assert entry.track_id == of.competition.tracks[0].id
    assert draft.title.en == "A draft"


def test_withdrawing_keeps_everything_and_can_be_taken_back(
    session: Session, of: Round, team: Team
) -> None:
    entry = filled(session, of, team)
    submit(session, entry)
    who = captain(session, team)
    service.withdraw_entry(session, actor=who, entry=entry, now=NOW)
    assert (entry.state, len(entry.versions)) == (EntryState.WITHDRAWN, 1)
    with pytest.raises(WrongState):
        submit(session, entry)
    service.take_back_withdrawal(session, actor=who, entry=entry, now=NOW)
    assert entry.state is EntryState.DRAFT
    assert submit(session, entry) == (2, True)


def test_withdrawing_once_judges_are_assigned_is_refused(
    session: Session, of: Round, team: Team
) -> None:
    entry = filled(session, of, team)
    of.state = RoundState.ASSIGNING
    session.flush()
    with pytest.raises(WrongState):
        service.withdraw_entry(session, actor=captain(session, team), entry=entry, now=NOW)


def test_taking_a_withdrawal_back_after_the_deadline_is_refused(
    session: Session, of: Round, team: Team
) -> None:
    entry = filled(session, of, team)
    who = captain(session, team)
    service.withdraw_entry(session, actor=who, entry=entry, now=NOW)
    with pytest.raises(WrongState) as caught:
        service.take_back_withdrawal(session, actor=who, entry=entry, now=LATE)
    assert caught.value.code == "submission_late"


@pytest.mark.parametrize("entry_state", list(EntryState))
@pytest.mark.parametrize("round_state", list(RoundState))
def test_asking_whether_an_entry_is_open_answers_for_every_pair_of_states(
    round_state: RoundState, entry_state: EntryState
) -> None:
    closed = closed_to_entries(
        round_state=round_state,
        opens_at=None,
        closes_at=NOW,
        arrived=NOW,
        entry_state=entry_state,
    )
    is_open = (
        round_state is RoundState.RECEIVING
        and entry_state in {EntryState.DRAFT, EntryState.SUBMITTED, EntryState.RETURNED}
    ) or (round_state is RoundState.SCREENING and entry_state is EntryState.RETURNED)
    assert (closed is None) is is_open


def test_asking_before_the_round_opens_says_so() -> None:
    closed = closed_to_entries(
        round_state=RoundState.RECEIVING,
        opens_at=NOW + timedelta(seconds=1),
        closes_at=None,
        arrived=NOW,
    )
    assert closed == "round_not_open_yet"
