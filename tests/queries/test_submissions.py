"""What lists and judges read: constant in statements, careful about who reads what."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from competition.models import Competition, Entry, EntryFile, LocalText, Round
from competition.policies import Actor, Permission, can
from competition.queries import submissions as queries
from competition.services.submissions.versions import new_version
from competition.vocabulary import AssignmentState, EntryState
from tests.support.builders import (
    NOW,
    actor_for,
    assign,
    make_account,
    make_competition,
    make_entry,
    make_judge,
    make_organizer,
    make_round,
    make_team,
)


@contextmanager
def counted(session: Session) -> Iterator[list[str]]:
    statements: list[str] = []
    engine = session.get_bind()

    def note(_c: object, _cursor: object, statement: str, *_rest: object) -> None:
        statements.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(engine, "before_cursor_execute", note)


def fill(session: Session, of: Round, start: int, stop: int) -> None:
    for n in range(start, stop):
        team = make_team(session, of.competition, f"Team {n:02}", f"School {n % 3}")
        make_entry(session, of, team)


READS: dict[str, Callable[[Session, Competition, Round], object]] = {
    "teams": lambda s, c, r: queries.team_rows(s, competition_id=c.id, search="team"),
    "entries": lambda s, c, r: queries.entry_rows(s, round_id=r.id, search="team"),
    "schools": lambda s, c, r: queries.schools(s, competition_id=c.id),
    "counts": lambda s, c, r: queries.entry_counts(s, round_id=r.id),
}


def test_reading_a_list_takes_one_statement_for_1_and_for_30_items(session: Session) -> None:
    competition = make_competition(session)
    of = make_round(session, competition)
    for start, stop in ((0, 1), (1, 30)):
        fill(session, of, start, stop)
        for name, read in READS.items():
            with counted(session) as sent:
                read(session, competition, of)
            assert (name, stop, len(sent)) == (name, stop, 1)


def test_listing_teams_counts_people_and_finds_by_any_word(session: Session) -> None:
    competition = make_competition(session)
    of = make_round(session, competition)
    captain = make_account(session, "Zhang Min 张敏", email="min@a.example")
    team = make_team(session, competition, "Ｔｅａｍ Blue", "示例大学", captain=captain)
    make_entry(session, of, team)
    make_team(session, competition, "Team Red", "School B")

    def found(search: str, *, with_contacts: bool = True) -> list[str]:
        rows = queries.team_rows(
            session, competition_id=competition.id, search=search, with_contacts=with_contacts
        )
        assert any(row.captain_email for row in rows) is (with_contacts and bool(rows))
        return [row.name for row in rows]

    assert found("") == ["Team Red", "Ｔｅａｍ Blue"]
    for search in ("team blue", "张敏", "MIN@a", "示例", "blue 示例"):
        assert found(search) == ["Ｔｅａｍ Blue"]
    assert found("blue red") == []
    assert found("张敏", with_contacts=False) == ["Ｔｅａｍ Blue"]
    assert found("MIN@a", with_contacts=False) == []
    [row] = queries.team_rows(
        session, competition_id=competition.id, organization_id=team.organization_id
    )
    assert (row.members, row.instructors, row.entries) == (1, 0, 1)


def test_listing_entries_filters_by_state_and_track_and_knows_the_last_version(
    session: Session,
) -> None:
    competition = make_competition(session, tracks=("Learning", "Health"))
    of = make_round(session, competition)
    first = make_entry(
        session,
        of,
        make_team(session, competition, "A"),
        state=EntryState.SUBMITTED,
        track=competition.tracks[1],
        title=LocalText(en="Bench watcher", zh="看守"),
    )
    first.title = LocalText(en="Bench watcher 2", zh="看守")
    new_version(first, account_id=None, submitted_at=NOW)
    make_entry(session, of, make_team(session, competition, "B"), state=EntryState.DRAFT)
    session.flush()

    def numbers(**filters: object) -> list[str]:
        rows = queries.entry_rows(session, round_id=of.id, **filters)  # type: ignore[arg-type]
        return [row.number for row in rows]

    assert numbers() == ["E-001", "E-002"]
    assert numbers(state=EntryState.DRAFT) == ["E-002"]
    assert numbers(track_id=competition.tracks[1].id) == ["E-001"]
    assert numbers(search="看守") == numbers(search="bench 2") == ["E-001"]
    row = queries.entry_rows(session, round_id=of.id)[0]
    assert (row.versions, row.submitted_at) == (2, NOW)
    assert row.digest == first.versions[1].digest
    counts = queries.entry_counts(session, round_id=of.id)
    assert (counts[EntryState.DRAFT], counts[EntryState.SUBMITTED]) == (1, 1)
    assert set(counts) == set(EntryState)


def test_paging_beyond_the_last_page_gives_the_last_one() -> None:
    rows = list(range(120))
    page = queries.page_of(rows, 99)  # type: ignore[type-var]
    assert (page.number, page.pages, page.total, list(page.rows)) == (3, 3, 120, rows[100:])
    assert queries.page_of([], 1).pages == 1


# judges


def add_file(session: Session, entry: Entry, name: str) -> EntryFile:
    file = EntryFile(
        entry=entry,
        name=name,
        media_type="application/pdf",
        size=9,
        sha256=f"{len(entry.files):064x}",
        uploaded_at=NOW,
    )
    session.add(file)
    session.flush()
    return file


@pytest.fixture
def entry(session: Session) -> Entry:
    of = make_round(session, make_competition(session))
    team = make_team(session, of.competition, "Secret team", "Secret school")
    return make_entry(session, of, team, state=EntryState.DRAFT)


def may_read(session: Session, file: EntryFile, actor: Actor) -> bool:
    found = queries.file_to_read(session, entry_id=file.entry_id, file_id=file.id)
    assert found is not None
    return can(actor, Permission.DOWNLOAD_FILE, found[1])


def test_showing_an_entry_to_judges_takes_the_last_version_without_the_team(
    session: Session, entry: Entry
) -> None:
    assert queries.entry_for_judges(session, entry.id) is None
    file = add_file(session, entry, "Report.pdf")
    new_version(entry, account_id=None, submitted_at=NOW)
    entry.title = LocalText(en="Changed, not submitted")
    session.flush()
    shown = queries.entry_for_judges(session, entry.id)
    assert shown is not None
    assert shown.title == LocalText(en="Work of Secret team")
    assert [item.id for item in shown.files] == [file.id]
    words = repr(shown).replace("Work of Secret team", "")
    assert "Secret" not in words


def test_downloading_is_for_judges_of_confirmed_assignments_of_submitted_files(
    session: Session, entry: Entry
) -> None:
    submitted = add_file(session, entry, "Report.pdf")
    new_version(entry, account_id=None, submitted_at=NOW)
    draft = add_file(session, entry, "Draft.pdf")
    competition = entry.round.competition
    answers = {}
    for state in AssignmentState:
        judge = make_judge(session, competition, f"Judge {state}")
        reason = "kin" if state is AssignmentState.RECUSED else ""
        assign(session, entry, judge, state=state, recusal_reason=reason)
        actor = actor_for(session, judge.account)
        answers[state] = may_read(session, submitted, actor)
        assert not may_read(session, draft, actor)
    assert {state for state, answer in answers.items() if answer} == {
        AssignmentState.CONFIRMED,
        AssignmentState.DONE,
    }
    unassigned = make_judge(session, competition, "Unassigned")
    assert not may_read(session, submitted, actor_for(session, unassigned.account))


def test_downloading_is_for_the_team_and_organizers_too_but_nobody_else(
    session: Session, entry: Entry
) -> None:
    file = add_file(session, entry, "Report.pdf")
    captain = entry.team.members[0].account
    assert captain is not None
    other = make_team(session, entry.round.competition, "Other").members[0].account
    assert other is not None
    organizer = make_organizer(session, entry.round.competition)
    foreign = make_organizer(session, make_competition(session, "aiac-2027"))
    readers = [captain, organizer, other, foreign, make_account(session)]
    answers = [may_read(session, file, actor_for(session, account)) for account in readers]
    assert answers == [True, True, False, False, False]


def test_looking_for_a_file_under_another_entry_finds_nothing(
    session: Session, entry: Entry
) -> None:
    file = add_file(session, entry, "Report.pdf")
    assert queries.file_to_read(session, entry_id=entry.id + 1, file_id=file.id) is None
