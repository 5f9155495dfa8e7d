"""Teams: registering, one person in one team, changing members, personal links."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from competition.errors import Conflict, Forbidden, Invalid, NotFound, WrongState
from competition.models import Account, AuditEntry, Competition, Team
from competition.policies import ANONYMOUS
from competition.services.submissions.teams import (
    Person,
    TeamRequest,
    edit_team,
    issue_member_link,
    register_team,
)
from competition.vocabulary import CompetitionState, MemberKind, Role
from tests.support.builders import (
    NOW,
    actor_for,
    grant,
    make_account,
    make_competition,
    make_judge,
    make_organizer,
)

LI = Person("Li Hua", "li@school.example")
WANG = Person("Wang Fang", "wang@school.example")
CHEN = Person("Chen Jie", "chen@school.example")
ZHAO = Person("Prof. Zhao", "zhao@school.example")
ASKED = TeamRequest("Team 46", "School H", members=(WANG,), instructors=(ZHAO,))


def register(
    session: Session,
    competition: Competition,
    asked: TeamRequest = ASKED,
    captain: Person = LI,
    now: datetime = NOW,
) -> Team:
    return register_team(
        session,
        actor=ANONYMOUS,
        competition=competition,
        team=asked,
        captain=captain,
        password_hash="hashed",
        now=now,
    )


def refused(error: pytest.ExceptionInfo[Invalid]) -> list[tuple[str, str | None]]:
    return [(item.code, item.field) for item in error.value.problems]


def people(team: Team) -> list[tuple[MemberKind, str, str]]:
    return [(item.kind, item.name, item.email) for item in team.members]


def test_registering_makes_the_team_its_accounts_and_an_audit_entry(session: Session) -> None:
    team = register(session, make_competition(session))
    assert people(team) == [
        (MemberKind.CAPTAIN, "Li Hua", "li@school.example"),
        (MemberKind.MEMBER, "Wang Fang", "wang@school.example"),
        (MemberKind.INSTRUCTOR, "Prof. Zhao", "zhao@school.example"),
    ]
    hashes = {account.email: account.password_hash for account in session.scalars(select(Account))}
    assert hashes == {
        "li@school.example": "hashed",
        "wang@school.example": None,
        "zhao@school.example": None,
    }
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "register_team")).one()
    assert (entry.object_name, entry.actor_name) == ("Team 46", "Li Hua")
    assert entry.after is not None
    assert entry.after["members"][1] == ["member", "Wang Fang", "wang@school.example"]


def test_registering_while_signed_in_takes_the_account_as_captain(session: Session) -> None:
    competition = make_competition(session)
    account = make_account(session, "Li Hua")
    team = register_team(
        session,
        actor=actor_for(session, account),
        competition=competition,
        team=ASKED,
        captain=Person("Hua Li", "somebody.else@school.example"),
        password_hash=None,
        now=NOW,
    )
    assert (team.members[0].account_id, team.members[0].email) == (account.id, account.email)


def test_registering_leaves_empty_rows_out_and_names_the_row_that_is_wrong(
    session: Session,
) -> None:
    competition = make_competition(session)
    rows = (Person(), WANG, Person("No Mail"), Person("", "nameless@school.example"))
    with pytest.raises(Invalid) as caught:
        register(session, competition, replace(ASKED, members=rows))
    assert refused(caught) == [
        ("person_without_email", "members-2-email"),
        ("person_without_name", "members-3-name"),
    ]
    assert len(register(session, competition, replace(ASKED, members=rows[:2])).members) == 3


def test_registering_a_person_of_another_team_names_the_person(session: Session) -> None:
    competition = make_competition(session)
    register(session, competition)
    with pytest.raises(Invalid) as caught:
        register(session, competition, replace(ASKED, name="Team 47"), captain=CHEN)
    problem = caught.value.problems[0]
    assert (problem.code, problem.field) == ("person_in_other_team", "members-0-email")
    assert (problem.fact("name"), problem.fact("email")) == ("Wang Fang", "wang@school.example")
    assert session.scalar(select(func.count(Team.id))) == 1


def test_registering_an_instructor_of_another_team_is_fine(session: Session) -> None:
    competition = make_competition(session)
    register(session, competition)
    second = register(session, competition, replace(ASKED, name="B", members=()), captain=CHEN)
    assert people(second)[1] == (MemberKind.INSTRUCTOR, "Prof. Zhao", "zhao@school.example")


def test_registering_the_same_person_for_another_competition_is_fine(session: Session) -> None:
    register(session, make_competition(session))
    other = make_competition(session, "aiac-2027")
    assert len(register(session, other, ASKED, captain=CHEN).members) == 3


@pytest.mark.parametrize(
    ("asked", "captain", "problems"),
    [
        (replace(ASKED, name=" "), LI, [("required", "name")]),
        (replace(ASKED, organization=""), LI, [("required", "organization")]),
        (replace(ASKED, name="x" * 201), LI, [("too_long", "name")]),
        (replace(ASKED, members=(LI,)), LI, [("person_twice", "members-0-email")]),
        (replace(ASKED, instructors=(WANG,)), LI, [("person_twice", "instructors-0-email")]),
        (
            replace(ASKED, members=tuple(Person(f"P{n}", f"p{n}@x.example") for n in range(5))),
            LI,
            [("team_too_large", "members")],
        ),
        (
            replace(ASKED, instructors=tuple(Person(f"P{n}") for n in range(3))),
            LI,
            [("instructors_too_many", "instructors")],
        ),
        (ASKED, Person("", ""), [("person_without_name", "captain_name")]),
    ],
)
def test_registering_against_a_rule_names_the_field(
    session: Session, asked: TeamRequest, captain: Person, problems: list[tuple[str, str]]
) -> None:
    with pytest.raises(Invalid) as caught:
        register(session, make_competition(session), asked, captain=captain)
    assert refused(caught)[: len(problems)] == problems


def test_registering_a_taken_name_or_address_is_refused(session: Session) -> None:
    competition = make_competition(session)
    register(session, competition)
    with pytest.raises(Invalid) as caught:
        register(session, competition, TeamRequest("TEAM 46", "School H"))
    assert refused(caught) == [
        ("team_name_taken", "name"),
        ("person_in_other_team", "captain_email"),
        ("captain_has_account", "captain_email"),
    ]


@pytest.mark.parametrize(
    ("state", "closes_in", "code"),
    [
        (CompetitionState.JUDGING, None, "registration_closed"),
        (CompetitionState.ARCHIVED, None, "registration_closed"),
        (CompetitionState.OPEN, -1, "registration_late"),
    ],
)
def test_registering_outside_of_the_registration_is_refused(
    session: Session, state: CompetitionState, closes_in: int | None, code: str
) -> None:
    closes_at = None if closes_in is None else NOW + timedelta(seconds=closes_in)
    competition = make_competition(session, state=state, registration_closes_at=closes_at)
    with pytest.raises(WrongState) as caught:
        register(session, competition)
    assert caught.value.code == code


def test_registering_in_the_last_second_is_in_time(session: Session) -> None:
    competition = make_competition(session, registration_closes_at=NOW)
    assert register(session, competition, now=NOW + timedelta(microseconds=999_999)).id


def test_registering_for_a_draft_competition_finds_nothing(session: Session) -> None:
    with pytest.raises(NotFound):
        register(session, make_competition(session, state=CompetitionState.DRAFT))


# changing


def change(
    session: Session, team: Team, asked: TeamRequest, by: Account | None = None, **more: object
) -> None:
    account = by or team.members[0].account
    assert account is not None
    given = {"revision": team.revision, "now": NOW, **more}
    actor = actor_for(session, account)
    edit_team(session, actor=actor, team=team, wanted=asked, **given)  # type: ignore[arg-type]


def test_changing_a_team_replaces_people_and_keeps_the_captain(session: Session) -> None:
    team = register(session, make_competition(session))
    wang = team.members[1].id
    before = team.revision
    change(session, team, TeamRequest("Team 46", "School K", (CHEN, replace(WANG, name="W. F."))))
    assert sorted(people(team)) == [
        (MemberKind.CAPTAIN, "Li Hua", "li@school.example"),
        (MemberKind.MEMBER, "Chen Jie", "chen@school.example"),
        (MemberKind.MEMBER, "W. F.", "wang@school.example"),
    ]
    assert wang in {item.id for item in team.members}
    assert team.organization.name.en == "School K"
    assert team.revision > before
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "edit_team")).one()
    assert entry.before is not None
    assert entry.before["members"][2] == ["instructor", "Prof. Zhao", "zhao@school.example"]


def test_changing_a_team_may_swap_a_member_and_an_instructor(session: Session) -> None:
    team = register(session, make_competition(session))
    change(session, team, replace(ASKED, members=(ZHAO,), instructors=(WANG,)))
    assert {(kind, name) for kind, name, _email in people(team)} == {
        (MemberKind.CAPTAIN, "Li Hua"),
        (MemberKind.MEMBER, "Prof. Zhao"),
        (MemberKind.INSTRUCTOR, "Wang Fang"),
    }


def test_changing_a_team_after_the_deadline_is_the_organizers_only(session: Session) -> None:
    competition = make_competition(session, registration_closes_at=NOW)
    team = register(session, competition)
    late = NOW + timedelta(seconds=1)
    with pytest.raises(WrongState):
        change(session, team, replace(ASKED, members=(CHEN,)), now=late)
    organizer = make_organizer(session, competition)
    change(session, team, replace(ASKED, members=(CHEN,)), by=organizer, now=late)
    assert CHEN.email in {email for _kind, _name, email in people(team)}


def test_changing_a_team_that_changed_meanwhile_is_refused(session: Session) -> None:
    team = register(session, make_competition(session))
    seen = team.revision
    change(session, team, replace(ASKED, members=(CHEN,)))
    with pytest.raises(Conflict):
        change(session, team, replace(ASKED, members=()), revision=seen)


def test_changing_a_team_is_not_for_instructors_or_strangers(session: Session) -> None:
    team = register(session, make_competition(session))
    zhao = team.members[2].account
    with pytest.raises(Forbidden):
        change(session, team, ASKED, by=zhao)
    with pytest.raises(NotFound):
        change(session, team, ASKED, by=make_account(session))


# personal links


def link(session: Session, team: Team, by: Account, at: int = 1) -> str:
    return issue_member_link(
        session,
        actor=actor_for(session, by),
        member=team.members[at],
        now=NOW,
        lifetime=timedelta(days=14),
    )


def captain_of(team: Team) -> Account:
    account = team.members[0].account
    assert account is not None
    return account


def test_making_a_link_is_for_the_captain_and_is_audited(session: Session) -> None:
    team = register(session, make_competition(session))
    assert len(link(session, team, captain_of(team))) > 20
    wang = team.members[1].account
    assert wang is not None
    with pytest.raises(Forbidden):
        link(session, team, wang, at=2)
    actions = session.scalars(select(AuditEntry.action)).all()
    assert actions.count("issue_link") == 1


@pytest.mark.parametrize("tie", ["password", "organizer", "judge", "operator", "other_team"])
def test_making_a_link_to_an_account_that_reaches_further_is_refused(
    session: Session, tie: str
) -> None:
    competition = make_competition(session)
    team = register(session, competition)
    wang = team.members[1].account
    assert wang is not None
    match tie:
        case "password":
            wang.password_hash = "hashed"
        case "organizer":
            grant(session, wang, competition, Role.ORGANIZER)
        case "judge":
            make_judge(session, competition, account=wang)
        case "operator":
            wang.is_operator = True
        case "other_team":
            other = make_competition(session, "aiac-2027")
            register(session, other, replace(ASKED, name="Other"), captain=CHEN)
    session.flush()
    with pytest.raises(Conflict) as caught:
        link(session, team, captain_of(team))
    assert caught.value.code == "link_is_their_own"


def test_making_a_link_as_organizer_stops_at_accounts_beyond_the_competition(
    session: Session,
) -> None:
    competition = make_competition(session)
    team = register(session, competition)
    organizer = make_organizer(session, competition)
    assert link(session, team, organizer)
    wang = team.members[1].account
    assert wang is not None
    grant(session, wang, make_competition(session, "aiac-2027"), Role.COMMITTEE)
    with pytest.raises(Conflict):
        link(session, team, organizer)
