"""Pages of teams: registering, members, personal links; bad input keeps what was typed."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from competition.models import Account, Competition, Team, TeamMember
from competition.vocabulary import CompetitionState, MemberKind
from tests.support.builders import (
    NOW,
    make_account,
    make_competition,
    make_organizer,
    make_round,
    make_team,
    sign_in,
)

CHINESE = {"Accept-Language": "zh-CN"}
HOME = "/c/aiac-2026"
TEAM = {
    "name": "Team 46",
    "organization": "School H",
    "captain_name": "Li Hua",
    "captain_email": "li@school.example",
    "password": "a sentence for Li Hua",
    "members-0-name": "Wang Fang",
    "members-0-email": "wang@school.example",
}


@pytest.fixture
def competition(session: Session) -> Competition:
    made = make_competition(session, registration_closes_at=NOW + timedelta(days=1))
    make_round(session, made)
    return made


def teams(session: Session) -> int:
    return session.scalar(select(func.count(Team.id))) or 0


@pytest.mark.usefixtures("competition")
def test_registering_signs_the_captain_in_at_once(client: FlaskClient) -> None:
    answer = client.post(f"{HOME}/register", data=TEAM)
    assert answer.status_code == 303
    page = client.get(answer.location)
    assert page.status_code == 200
    assert "Team 46 is registered. You are its captain." in page.text
    assert "Begin your entry" in page.text
    assert client.post("/sign-out").status_code == 303
    again = {"email": TEAM["captain_email"], "password": TEAM["password"]}
    assert client.post("/sign-in", data=again).status_code == 303


@pytest.mark.usefixtures("competition")
def test_registering_wrongly_keeps_everything_typed_except_the_password(
    client: FlaskClient, session: Session
) -> None:
    wrong = {**TEAM, "name": "", "members-0-email": "no address", "instructors-0-name": "Zhao"}
    answer = client.post(f"{HOME}/register", data=wrong)
    assert answer.status_code == 422
    for typed in ("School H", "Li Hua", "li@school.example", "Wang Fang", "no address", "Zhao"):
        assert f'value="{typed}"' in answer.text
    assert TEAM["password"] not in answer.text
    assert "Type yours once more" in answer.text
    assert 'href="#members-0-email"' in answer.text
    assert (teams(session), session.scalar(select(func.count(Account.id)))) == (0, 0)


def test_registering_a_person_of_another_team_says_who_beside_the_row(
    client: FlaskClient, session: Session, competition: Competition
) -> None:
    taken = make_account(session, "Wang Fang", email="wang@school.example")
    make_team(session, competition, "Team 01", captain=taken)
    answer = client.post(f"{HOME}/register", data=TEAM)
    assert answer.status_code == 422
    assert "Wang Fang (wang@school.example) is in another team" in answer.text
    assert 'id="members-0-email-error"' in answer.text
    assert teams(session) == 1


def test_registering_with_the_address_of_an_account_leads_to_signing_in(
    client: FlaskClient, session: Session, competition: Competition
) -> None:
    owner = make_account(session, "Li Hua", email="li@school.example", password_hash=None)
    answer = client.post(f"{HOME}/register", data=TEAM)
    assert answer.status_code == 422
    assert "Sign in with it first" in answer.text
    session.expire_all()
    assert (owner.password_hash, teams(session)) == (None, 0)


@pytest.mark.usefixtures("competition")
def test_adding_a_row_needs_no_script_and_saves_nothing(
    client: FlaskClient, session: Session
) -> None:
    answer = client.post(f"{HOME}/register", data={**TEAM, "action": "add:members"})
    assert answer.status_code == 200
    assert len(re.findall(r'name="members-\d-email"', answer.text)) == 2
    assert 'value="Wang Fang"' in answer.text
    assert teams(session) == 0


def test_registering_while_signed_in_asks_for_no_password(
    client: FlaskClient, session: Session, competition: Competition
) -> None:
    account = make_account(session, "Li Hua")
    sign_in(client, account.id)
    page = client.get(f"{HOME}/register").text
    assert 'type="password"' not in page
    data = {key: value for key, value in TEAM.items() if key not in {"captain_email", "password"}}
    assert client.post(f"{HOME}/register", data=data).status_code == 303
    captain = session.scalars(
        select(TeamMember.account_id).where(TeamMember.kind == MemberKind.CAPTAIN)
    ).one()
    assert captain == account.id


@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_registering_when_it_is_over_is_refused_in_words(
    client: FlaskClient, session: Session, language: str
) -> None:
    make_competition(session, state=CompetitionState.JUDGING)
    page = client.get(f"{HOME}/register", headers={"Accept-Language": language})
    assert page.status_code == 200
    assert 'name="captain_email"' not in page.text
    answer = client.post(f"{HOME}/register", data=TEAM)
    assert answer.status_code == 409
    assert "Registration is closed" in answer.text
    assert teams(session) == 0


@pytest.mark.usefixtures("competition")
def test_opening_the_form_in_chinese_speaks_chinese(client: FlaskClient) -> None:
    page = client.get(f"{HOME}/register", headers=CHINESE).text
    assert '<html lang="zh-Hans"' in page
    assert "2026 人工智能应用大赛" in page


def captain_of(session: Session, team: Team) -> int:
    account_id = team.members[0].account_id
    assert account_id is not None
    return account_id


def test_opening_my_team_leads_to_the_only_one_and_lists_several(
    client: FlaskClient, session: Session, competition: Competition
) -> None:
    teacher = make_account(session, "Prof. Zhao")
    first = make_team(session, competition, "Team 01")
    second = make_team(session, competition, "Team 02")
    sign_in(client, teacher.id)
    assert "You are in no team of this competition" in client.get(f"{HOME}/team").text
    for at, team in enumerate((first, second)):
        team.members.append(
            TeamMember(
                competition_id=competition.id,
                kind=MemberKind.INSTRUCTOR,
                name="Prof. Zhao",
                account_id=teacher.id,
            )
        )
        answer = client.get(f"{HOME}/team")
        assert answer.status_code == (302 if at == 0 else 200)
    page = client.get(f"{HOME}/team").text
    assert "Team 01" in page
    assert "Team 02" in page


def test_changing_members_shows_the_former_list_and_keeps_a_refused_one(
    client: FlaskClient, session: Session, competition: Competition
) -> None:
    team = make_team(session, competition)
    sign_in(client, captain_of(session, team))
    edit = f"{HOME}/teams/{team.id}/edit"
    page = client.get(edit).text
    found = re.search(r'name="revision"[^>]*value="(\d+)"', page)
    assert found is not None
    data = {
        "revision": found[1],
        "name": "Team 01",
        "organization": "School A",
        "members-0-name": "Chen Jie",
        "members-0-email": "chen@school.example",
    }
    wrong = client.post(edit, data={**data, "members-1-name": "No Mail"})
    assert wrong.status_code == 422
    assert 'value="No Mail"' in wrong.text
    assert client.post(edit, data=data).status_code == 303
    stale = client.post(edit, data={**data, "members-0-name": "Late Writer"})
    assert stale.status_code == 409
    assert 'value="Late Writer"' in stale.text
    names = session.scalars(select(TeamMember.name).order_by(TeamMember.id)).all()
    assert names == ["Captain of Team 01", "Chen Jie"]


def test_making_a_personal_link_shows_it_once_and_it_signs_in(
    client: FlaskClient, session: Session, competition: Competition
) -> None:
    client.post(f"{HOME}/register", data=TEAM)
    team = session.scalars(select(Team)).one()
    member = team.members[1]
    answer = client.post(f"{HOME}/teams/{team.id}/members/{member.id}/link")
    assert answer.status_code == 200
    found = re.search(r"http://localhost(/link/[\w-]+)", answer.text)
    assert found is not None
    assert found[1] not in client.get(f"{HOME}/teams/{team.id}").text
    client.post("/sign-out")
    assert client.post(found[1]).status_code == 303
    assert client.get(f"{HOME}/team", follow_redirects=True).status_code == 200


def test_opening_a_team_is_for_itself_and_organizers(
    client: FlaskClient, session: Session, competition: Competition
) -> None:
    team = make_team(session, competition)
    other = make_team(session, competition, "Team 02")
    address = f"{HOME}/teams/{team.id}"
    assert client.get(address).status_code == 302
    seen = {}
    for name, account_id in {
        "own": captain_of(session, team),
        "other": captain_of(session, other),
        "organizer": make_organizer(session, competition).id,
        "stranger": make_account(session).id,
    }.items():
        sign_in(client, account_id)
        seen[name] = (client.get(address).status_code, client.get(f"{address}/edit").status_code)
    assert seen == {
        "own": (200, 200),
        "other": (404, 404),
        "organizer": (200, 200),
        "stranger": (404, 404),
    }


def test_opening_a_team_under_another_competition_finds_nothing(
    client: FlaskClient, session: Session, competition: Competition
) -> None:
    team = make_team(session, competition)
    make_competition(session, "aiac-2027")
    sign_in(client, captain_of(session, team))
    assert client.get(f"/c/aiac-2027/teams/{team.id}").status_code == 404
