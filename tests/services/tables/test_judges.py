"""Importing judges: recognised by address, all or nothing, every problem by row and column."""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from competition.errors import Conflict, Forbidden, Invalid, NotFound
from competition.models import Account, AuditEntry, Competition, Judge, LocalText, PanelMember
from competition.policies import ANONYMOUS
from competition.services.tables import Effect, Plan, TableKind, read
from competition.vocabulary import OrganizationKind, Role, RoundState
from tests.support.builders import (
    actor_for,
    grant,
    make_account,
    make_competition,
    make_judge,
    make_round,
)
from tests.support.tables import Importing, problems_of

HEAD = "name,email,kind"


@pytest.fixture
def importing(session: Session, now: datetime) -> Importing:
    return Importing(session, TableKind.JUDGES, now)


def test_import_of_a_list_adds_numbers_accounts_organizations_and_seats(
    session: Session, importing: Importing
) -> None:
    competition = importing.competition
    forming = make_round(session, competition, state=RoundState.SCREENING)
    make_round(session, competition, state=RoundState.LOCKED)
    competition.tracks[0].name = LocalText(en="Learning", zh="教育")
    plan = importing.run(
        "姓名,邮箱,电话,单位,类别,赛道,专长,评审上限\r\n"
        "陈立,Chen@School.example,0138,示例大学,学校,教育,NLP,12\r\n"
        "王芳,wang@firm.example,,星河公司,企业,,,\r\n"
    )
    assert (plan.count(Effect.NEW), len(plan.steps)) == (2, 2)
    first, second = session.scalars(select(Judge).order_by(Judge.number))
    assert (first.number, first.account.email, first.phone) == (1, "chen@school.example", "0138")
    assert first.organization is not None
    assert first.organization.name == LocalText(zh="示例大学")
    assert (first.max_entries, first.tracks) == (12, [competition.tracks[0]])
    assert (second.kind, second.max_entries, second.tracks) == (OrganizationKind.INDUSTRY, None, [])
    assert set(session.scalars(select(PanelMember.round_id))) == {forming.id}
    log = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert log is not None
    assert log.action == "import_judges_file"
    assert log.after is not None
    assert (log.after["new"], len(log.after["sha256"])) == (2, 64)


def test_import_of_the_same_file_again_changes_nothing(
    session: Session, importing: Importing
) -> None:
    text = f"{HEAD},organization\na,a@x.example,school,School A\n"
    importing.run(text)
    entries = session.scalar(select(func.count(AuditEntry.id)))
    assert importing.run(text).changes_nothing
    assert session.scalar(select(func.count(AuditEntry.id))) == entries


def test_import_of_a_known_address_changes_only_the_columns_of_the_file(
    session: Session, importing: Importing
) -> None:
    judge = make_judge(session, importing.competition, "Old Name", phone="1", expertise="NLP")
    plan = importing.run(f"{HEAD},phone\nNew Name,{judge.account.email},industry,2\n")
    assert plan.steps[0].changes == (("name", "Old Name", "New Name"), ("phone", "1", "2"))
    assert (judge.account.name, judge.phone, judge.expertise) == ("New Name", "2", "NLP")


def test_import_leaves_the_name_of_somebody_elses_account_and_says_so(
    session: Session, importing: Importing
) -> None:
    account = make_account(session, "Real Name", password_hash="x")
    plan = importing.run(f"{HEAD}\nOther,{account.email},school\n")
    assert account.name == "Real Name"
    assert [(note.code, note.row) for note in plan.notes] == [("table_name_stays", 2)]


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (",a@x.example,school,,", ("table_cell_empty", 2, "name")),
        ("a,,school,,", ("table_cell_empty", 2, "email")),
        ("a,a@x,school,,", ("table_email_invalid", 2, "email")),
        ("a,a b@x.example,school,,", ("table_email_invalid", 2, "email")),
        ("a,a@x.example,robot,,", ("table_word_unknown", 2, "kind")),
        ("a,a@x.example,,,", ("table_cell_empty", 2, "kind")),
        ("a,a@x.example,school,Poetry,", ("table_track_unknown", 2, "tracks")),
        ("a,a@x.example,school,,0", ("table_not_whole", 2, "max_entries")),
        ("a,a@x.example,school,,-3", ("table_not_whole", 2, "max_entries")),
        ("a,a@x.example,school,,2.5", ("table_not_whole", 2, "max_entries")),
        ("a,a@x.example,school,,many", ("table_not_whole", 2, "max_entries")),
        (f"{'a' * 201},a@x.example,school,,", ("table_cell_too_long", 2, "name")),
    ],
)
def test_import_with_a_wrong_cell_names_row_and_column_and_writes_nothing(
    session: Session, importing: Importing, row: str, expected: tuple[str, int, str]
) -> None:
    text = f"{HEAD},tracks,max_entries\n{row}\ngood,good@x.example,school,,\n"
    with pytest.raises(Invalid) as refusal:
        importing.run(text)
    assert problems_of(refusal.value) == [expected]
    assert session.scalars(select(Judge)).all() == []
    assert session.scalars(select(AuditEntry)).all() == []


def test_import_with_one_address_twice_names_both_rows(importing: Importing) -> None:
    plan = importing.plan(f"{HEAD}\na,a@x.example,school\n\nb,A@X.example,school\n")
    assert problems_of(plan) == [("table_email_twice", 4, "email")]
    assert plan.problems[0].fact("first") == 2


def test_import_takes_formulas_as_text(session: Session, importing: Importing) -> None:
    importing.run(f'{HEAD}\n"=HYPERLINK(""x"")",a@x.example,school\n')
    assert session.scalars(select(Account.name).where(Account.email == "a@x.example")).one() == (
        '=HYPERLINK("x")'
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("name,kind\na,school\n", ("table_column_missing", 1, None)),
        ("name,email,mail,kind\na,a@x.example,b,school\n", ("table_column_twice", 1, "email")),
        (f"{HEAD}\n", ("table_without_rows", 1, None)),
    ],
)
def test_import_without_what_it_needs_says_what(
    importing: Importing, text: str, expected: tuple[str, int, str | None]
) -> None:
    assert problems_of(importing.plan(text)) == [expected]


@pytest.mark.parametrize(
    ("data", "filename", "code"),
    [
        (b"", "a.csv", "table_empty_file"),
        (b"PK\x03\x04 broken", "a.xlsx", "table_broken_workbook"),
        (b'name,email\n"' + b"a" * 10_000_000 + b'",b\n', "a.csv", "table_cell_too_large"),
        (b"name,email\n" + b"a,b\n" * 6000, "a.csv", "table_too_many_rows"),
        (b"%PDF-1.7", "a.csv", "table_not_a_table"),
        (b"name\n" + b"x" * 30_000_000, "a.csv", "table_file_too_large"),
    ],
)
def test_reading_what_is_no_table_says_why(data: bytes, filename: str, code: str) -> None:
    with pytest.raises(Invalid) as refusal:
        read(data, filename, TableKind.JUDGES, max_bytes=20_000_000)
    assert [problem.code for problem in refusal.value.problems] == [code]


def test_import_that_was_shown_before_something_changed_is_refused(
    session: Session, importing: Importing
) -> None:
    text = f"{HEAD}\nNew,new@x.example,school\n"
    shown: Plan = importing.plan(text)
    importing.run(text)
    with pytest.raises(Conflict, match="import_changed"):
        importing.run(text, expected=shown.digest)


def test_import_by_who_does_not_organize_is_refused(session: Session, importing: Importing) -> None:
    observer = make_account(session)
    grant(session, observer, importing.competition, Role.OBSERVER)
    foreign: Competition = make_competition(session, "other")
    for actor, competition, refusal in (
        (ANONYMOUS, importing.competition, NotFound),
        (actor_for(session, observer), importing.competition, Forbidden),
        (importing.actor, foreign, NotFound),
    ):
        importing.actor, importing.competition = actor, competition
        with pytest.raises(refusal):
            importing.plan(f"{HEAD}\na,a@x.example,school\n")
        importing.actor = importing.organizer
