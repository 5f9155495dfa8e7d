"""Importing teams, entries, conflicts and assignments, and every kind out and in again."""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from competition.adapters.spreadsheets import write_csv, write_xlsx
from competition.errors import Invalid, NotFound
from competition.models import Assignment, Entry, Judge, LocalText, Team, Track
from competition.models import Conflict as ConflictRow
from competition.policies import ANONYMOUS
from competition.services.submissions.versions import differs
from competition.services.tables import (
    Effect,
    TableKind,
    export_table,
    plan_import,
    read,
)
from competition.vocabulary import (
    AssignmentState,
    ConflictSource,
    ConflictStatus,
    EntryState,
    MemberKind,
    RoundState,
    ScorecardState,
)
from tests.support.builders import (
    assign,
    make_entry,
    make_judge,
    make_round,
    make_rubric,
    make_team,
    seat,
)
from tests.support.scorecards import fill_scorecard
from tests.support.tables import Importing, problems_of

TEAMS = "team,school,captain_name,captain_email,members,instructors"


def test_import_teams_registers_them_with_their_people(session: Session, now: datetime) -> None:
    importing = Importing(session, TableKind.TEAMS, now)
    importing.run(
        f"{TEAMS},track\n"
        "Spark,School A,Li Hua,Li@x.example,王芳 <wang@x.example>、Zhang Wei,Zhao <z@x.example>,T\n"
    )
    team = session.scalars(select(Team)).one()
    people = [(one.kind, one.name, one.email, one.account is not None) for one in team.members]
    assert people == [
        (MemberKind.CAPTAIN, "Li Hua", "li@x.example", True),
        (MemberKind.MEMBER, "王芳", "wang@x.example", True),
        (MemberKind.MEMBER, "Zhang Wei", "", False),
        (MemberKind.INSTRUCTOR, "Zhao", "z@x.example", True),
    ]


def test_import_teams_again_replaces_only_the_people_that_differ(
    session: Session, now: datetime
) -> None:
    importing = Importing(session, TableKind.TEAMS, now)
    row = "Spark,School A,Li Hua,li@x.example,{members},Zhao"
    importing.run(f"{TEAMS}\n{row.format(members='Wang <w@x.example>')}\n")
    team = session.scalars(select(Team)).one()
    captain = team.members[0].id
    plan = importing.run(f"{TEAMS}\n{row.format(members='Wang Fang <w@x.example>; Wu')}\n")
    assert [name for name, _old, _new in plan.steps[0].changes] == ["members"]
    assert [member.name for member in team.members] == ["Li Hua", "Zhao", "Wang Fang", "Wu"]
    assert team.members[0].id == captain
    assert importing.run(
        f"{TEAMS}\n{row.format(members='Wu; Wang Fang <w@x.example>')}\n"
    ).changes_nothing


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ("Spark,,Li,li@x.example,,", [("table_cell_empty", 2, "school")]),
        ("Spark,S,Li,li,,", [("table_email_invalid", 2, "captain_email")]),
        ("Spark,S,Li,li@x.example,A <bad>,", [("table_email_invalid", 2, "members")]),
        ("Spark,S,Li,li@x.example,<a@x.example>,", [("table_person_unreadable", 2, "members")]),
        ("Spark,S,Li,li@x.example,a;b;c;d;e,", [("table_team_too_large", 2, "members")]),
        ("Spark,S,Li,li@x.example,,a;b;c", [("table_too_many_instructors", 2, "instructors")]),
        ("Spark,S,Li,li@x.example,Li <li@x.example>,", [("table_person_twice", 2, "members")]),
        ("Spark,S,Li,taken@x.example,,", [("table_person_elsewhere", 2, "captain_email")]),
        (
            "Spark,S,Li,li@x.example,,\nSPARK,S,Wu,wu@x.example,,",
            [("table_row_twice", 3, "team")],
        ),
        (
            "Spark,S,Li,li@x.example,,\nGlow,S,Li,li@x.example,,",
            [("table_email_twice", 3, "captain_email")],
        ),
    ],
)
def test_import_teams_with_a_wrong_row_names_it(
    session: Session, now: datetime, rows: str, expected: list[tuple[str, int, str]]
) -> None:
    importing = Importing(session, TableKind.TEAMS, now)
    other = make_team(session, importing.competition, "Other")
    other.members[0].email = "taken@x.example"
    with pytest.raises(Invalid) as refusal:
        importing.run(f"{TEAMS}\n{rows}\n")
    assert problems_of(refusal.value) == expected
    assert session.scalars(select(Team)).all() == [other]


@pytest.fixture
def entries(session: Session, now: datetime) -> Importing:
    importing = Importing(session, TableKind.ENTRIES, now)
    importing.of = make_round(session, importing.competition)
    for name in ("Spark", "Glow"):
        make_team(session, importing.competition, name)
    return importing


def test_import_entries_submits_each_with_a_version(session: Session, entries: Importing) -> None:
    entries.run(
        "team,title,summary,repository,entry\n"
        "Glow,课堂助教,It helps.,https://git.x.example/a,\n"
        "spark,Tutor,,,E-007\n"
    )
    spark, glow = session.scalars(select(Entry).order_by(Entry.number))
    assert (spark.number, glow.number) == ("E-007", "E-008")
    assert (glow.title, glow.state) == (LocalText(zh="课堂助教"), EntryState.SUBMITTED)
    assert glow.versions[0].content["repository_url"] == "https://git.x.example/a"
    assert not differs(glow, glow.versions[0])
    again = entries.run("team,title\nGlow,课堂助手\n")
    assert again.steps[0].changes == (("title", "课堂助教", "课堂助手"),)
    assert [version.version for version in glow.versions] == [1, 2]
    assert entries.run("team,title\nGlow,课堂助手\n").changes_nothing


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ("Nobody,T,,", ("table_team_unknown", 2, "team")),
        ("Spark,,,", ("table_cell_empty", 2, "title")),
        ("Spark,T,ftp://x,", ("table_not_an_address", 2, "repository")),
        ("Spark,T,,Poetry", ("table_track_unknown", 2, "track")),
        (f"Spark,{'x' * 121},,", ("table_cell_too_long", 2, "title")),
    ],
)
def test_import_entries_with_a_wrong_cell_names_it(
    session: Session, entries: Importing, row: str, expected: tuple[str, int, str]
) -> None:
    plan = entries.plan(f"team,title,repository,track\n{row}\n")
    assert problems_of(plan) == [expected]


def test_import_entries_needs_the_track_where_there_are_several(
    session: Session, entries: Importing
) -> None:
    entries.competition.tracks.append(Track(position=2, name=LocalText(en="Health")))
    session.flush()
    assert problems_of(entries.plan("team,title\nSpark,T\n")) == [("table_cell_empty", 2, "track")]


def test_import_entries_of_a_round_in_judging_is_refused(entries: Importing) -> None:
    assert entries.of is not None
    entries.of.state = RoundState.JUDGING
    plan = entries.plan("team,title\nSpark,T\n")
    assert problems_of(plan) == [("table_round_past_entries", None, None)]


def test_import_entries_without_a_round_asks_for_it(entries: Importing) -> None:
    entries.of = None
    with pytest.raises(Invalid) as refusal:
        entries.plan("team,title\nSpark,T\n")
    assert [problem.code for problem in refusal.value.problems] == ["table_needs_round"]


@pytest.fixture
def conflicts(session: Session, now: datetime) -> Importing:
    importing = Importing(session, TableKind.CONFLICTS, now)
    of = make_round(session, importing.competition, state=RoundState.ASSIGNING)
    for n, school in enumerate(("School A", "School A", "School B")):
        make_entry(session, of, make_team(session, importing.competition, f"T{n}", school))
    make_judge(session, importing.competition, "Judge A")
    return importing


def test_import_conflicts_by_entry_team_or_school(session: Session, conflicts: Importing) -> None:
    plan = conflicts.run(
        "judge,entry,team,school,reason\n1,E-003,,,adviser\nJudge A,,,School A,employer\n"
    )
    assert plan.count(Effect.NEW) == 3
    stored = session.scalars(select(ConflictRow).order_by(ConflictRow.team_id)).all()
    assert [(row.team.name, row.reason) for row in stored] == [
        ("T0", "employer"),
        ("T1", "employer"),
        ("T2", "adviser"),
    ]
    assert {row.source for row in stored} == {ConflictSource.IMPORT}
    assert conflicts.run("judge,team,reason\n1,T0,x\n").changes_nothing


def test_import_conflicts_again_does_not_bring_back_what_was_dismissed(
    session: Session, conflicts: Importing
) -> None:
    conflicts.run("judge,team,reason\n1,T0,same name\n")
    stored = session.scalars(select(ConflictRow)).one()
    stored.status, stored.decision_reason = ConflictStatus.DISMISSED, "somebody else"
    session.flush()
    assert conflicts.run("judge,team,reason\n1,T0,same name\n").changes_nothing
    assert stored.status is ConflictStatus.DISMISSED


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ("Nobody,T0,,x", ("table_judge_unknown", 2, "judge")),
        ("1,T9,,x", ("table_team_unknown", 2, "team")),
        ("1,,School Z,x", ("table_school_unknown", 2, "school")),
        ("1,T0,,", ("table_cell_empty", 2, "reason")),
        ("1,T0,School A,x", ("table_conflict_without_aim", 2, None)),
        ("1,,,x", ("table_conflict_without_aim", 2, None)),
        ("1,T0,,x\n1,T0,,y", ("table_row_twice", 3, None)),
    ],
)
def test_import_conflicts_with_a_wrong_row_names_it(
    conflicts: Importing, row: str, expected: tuple[str, int, str | None]
) -> None:
    plan = conflicts.plan(f"judge,team,school,reason\n{row}\n")
    assert problems_of(plan) == [expected]


@pytest.fixture
def assignments(session: Session, now: datetime) -> Importing:
    importing = Importing(session, TableKind.ASSIGNMENTS, now)
    importing.of = make_round(session, importing.competition, state=RoundState.ASSIGNING)
    for n in range(3):
        team = make_team(session, importing.competition, f"T{n}", f"School {n}")
        make_entry(session, importing.of, team)
    for name in ("A", "B"):
        seat(session, importing.of, make_judge(session, importing.competition, f"Judge {name}"))
    return importing


def test_import_assignments_assigns_removes_and_locks(
    session: Session, assignments: Importing
) -> None:
    first = "entry,judge,action\nE-001,Judge A,\nE-002,Judge A,分配\nE-003,2,锁定\n"
    assert assignments.run(first).count(Effect.NEW) == 3
    plan = assignments.run("作品,评委,操作\nE-001,1,lock\nE-002,1,移除\nE-003,2,assign\n")
    assert [step.effect for step in plan.steps] == [
        Effect.CHANGED,
        Effect.CHANGED,
        Effect.UNCHANGED,
    ]
    rows = session.execute(
        select(Entry.number, Assignment.is_locked, Assignment.state)
        .join(Assignment)
        .order_by(Entry.number)
    ).all()
    assert [tuple(row) for row in rows] == [
        ("E-001", True, AssignmentState.PROPOSED),
        ("E-003", True, AssignmentState.PROPOSED),
    ]


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ("E-001,Judge A,keep", ("table_word_unknown", 2, "action")),
        ("E-009,Judge A,", ("table_entry_unknown", 2, "entry")),
        ("E-001,Judge C,", ("table_judge_unknown", 2, "judge")),
        ("E-001,1,\nE-001,Judge A,lock", ("table_row_twice", 3, None)),
        ("E-001,1,\nE-002,1,", ("table_judge_over_limit", None, None)),
        ("E-002,2,", ("conflict_declared", 2, "judge")),
        ("E-002,2,lock", ("conflict_declared", 2, "judge")),
        ("E-003,2,remove", ("table_assignment_begun", 2, "judge")),
    ],
)
def test_import_assignments_with_a_wrong_row_names_it(
    session: Session,
    now: datetime,
    assignments: Importing,
    rows: str,
    expected: tuple[str, int | None, str | None],
) -> None:
    assert assignments.of is not None
    first, second = (judge_at(session, assignments, n) for n in (0, 1))
    first.max_entries = 1
    entry = session.scalars(select(Entry).where(Entry.number == "E-002")).one()
    session.add(
        ConflictRow(
            judge=second,
            team=entry.team,
            source=ConflictSource.ORGANIZER,
            reason="x",
            created_at=now,
        )
    )
    last = session.scalars(select(Entry).where(Entry.number == "E-003")).one()
    rubric = make_rubric(session, assignments.of)
    fill_scorecard(session, assign(session, last, second), rubric, (5,), ScorecardState.DRAFT)
    plan = assignments.plan(f"entry,judge,action\n{rows}\n")
    assert problems_of(plan) == [expected]


def judge_at(session: Session, importing: Importing, number: int) -> Judge:
    statement = select(Judge).where(Judge.competition_id == importing.competition.id)
    return session.scalars(statement.order_by(Judge.number)).all()[number]


@pytest.mark.parametrize("kind", TableKind)
@pytest.mark.parametrize("ending", ["csv", "xlsx"])
@pytest.mark.parametrize("locale", ["en", "zh_Hans"])
def test_export_of_any_kind_can_be_imported_and_changes_nothing(
    session: Session, now: datetime, kind: TableKind, ending: str, locale: str
) -> None:
    importing = Importing(session, kind, now)
    competition = importing.competition
    competition.tracks[0].name = LocalText(en="Learning", zh="教育")
    of = make_round(session, competition, state=RoundState.ASSIGNING)
    importing.of = of
    rubric = make_rubric(session, of)
    judges = [make_judge(session, competition, "Same Name", expertise="=1") for _n in range(2)]
    for n, judge in enumerate(judges):
        seat(session, of, judge)
        team = make_team(session, competition, f"T{n}", f"School {n}")
        made = assign(session, make_entry(session, of, team), judge)
        fill_scorecard(session, made, rubric, (5, 6))
    session.add(
        ConflictRow(
            judge=judges[0],
            team=team,
            source=ConflictSource.ORGANIZER,
            reason="x",
            created_at=now,
        )
    )
    session.flush()
    sheet = export_table(
        session, actor=importing.actor, competition=competition, kind=kind, of=of, locale=locale
    )
    data = write_csv(sheet.headers, sheet.rows) if ending == "csv" else write_xlsx([sheet])
    plan = plan_import(
        session,
        actor=importing.actor,
        competition=competition,
        kind=kind,
        table=read(data, f"a.{ending}", kind, max_bytes=1_000_000),
        of=of,
    )
    assert problems_of(plan) == []
    assert plan.steps
    assert plan.changes_nothing, plan.steps


def test_export_by_somebody_else_is_refused(session: Session, now: datetime) -> None:
    importing = Importing(session, TableKind.JUDGES, now)
    with pytest.raises(NotFound):
        export_table(
            session,
            actor=ANONYMOUS,
            competition=importing.competition,
            kind=TableKind.JUDGES,
        )


def test_import_teams_and_judges_finds_their_conflicts_at_once(
    session: Session, now: datetime
) -> None:
    importing = Importing(session, TableKind.TEAMS, now)
    make_judge(session, importing.competition, "Lin Yue")
    importing.run(f"{TEAMS}\nSpark,School A,Li Hua,li@x.example,,Lin  Yue\n")
    importing.kind = TableKind.JUDGES
    importing.run("name,email,kind,organization\nWang,wang@x.example,school,school a\n")
    found = session.execute(
        select(ConflictRow.source, ConflictRow.status).order_by(ConflictRow.id)
    ).all()
    assert [tuple(row) for row in found] == [
        (ConflictSource.INSTRUCTOR, ConflictStatus.FOUND),
        (ConflictSource.SAME_SCHOOL, ConflictStatus.FOUND),
    ]
