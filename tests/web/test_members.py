"""Who has which role: shown, invited, given a new link, withdrawn after a question."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from competition.models import Account, Competition, Membership
from competition.vocabulary import Role
from competition.web.devices import device_words
from tests.support.builders import (
    grant,
    make_account,
    make_competition,
    make_organizer,
    sign_in,
)
from tests.support.pages import page

PEOPLE = "/c/aiac-2026/manage/people"
CHINESE = {"Accept-Language": "zh-CN"}


def with_committee(client: FlaskClient, session: Session) -> tuple[Competition, Membership]:
    competition = make_competition(session)
    member = make_account(session, "Committee Ma")
    grant(session, member, competition, Role.COMMITTEE)
    sign_in(client, make_organizer(session, competition).id)
    return competition, session.scalars(
        select(Membership).where(Membership.account_id == member.id)
    ).one()


def test_members_lists_everybody_with_their_role(client: FlaskClient, session: Session) -> None:
    with_committee(client, session)
    found = page(client.get(PEOPLE))
    assert [row.split(" person")[0] for row in found.texts("tbody tr")] == [
        "Committee Ma",
        "Organizer Zhou",
    ]
    assert page(client.get(PEOPLE, headers=CHINESE)).heading == "人员"


def test_members_seen_by_an_observer_has_no_buttons(client: FlaskClient, session: Session) -> None:
    competition, _member = with_committee(client, session)
    observer = make_account(session, "Observer Tang")
    grant(session, observer, competition, Role.OBSERVER)
    sign_in(client, observer.id)
    found = page(client.get(PEOPLE))
    assert (found.status, found.texts("main button")) == (200, [])


def test_renew_link_shows_a_new_one_that_signs_its_owner_in(
    client: FlaskClient, session: Session, app: Flask
) -> None:
    _competition, member = with_committee(client, session)
    found = page(client.post(f"{PEOPLE}/{member.id}/link"))
    assert found.texts(".notice h2") == ["The personal link of Committee Ma"]
    [field] = found.find("input#link")
    address = field.get("value", "")
    assert address.startswith("http://localhost/link/")
    assert "readonly" in field.attrib
    assert page(client.get(PEOPLE)).find("input#link") == []
    visitor = app.test_client()
    assert visitor.post(address.removeprefix("http://localhost")).status_code == 303
    assert visitor.get(PEOPLE).status_code == 200


def test_withdraw_role_asks_first_and_then_does_it(client: FlaskClient, session: Session) -> None:
    _competition, member = with_committee(client, session)
    address = f"{PEOPLE}/{member.id}/withdraw"
    asked = page(client.get(address))
    assert asked.heading == "Withdraw this role?"
    assert "Committee Ma" in asked.texts("dd")
    assert len(session.scalars(select(Membership)).all()) == 2
    assert client.post(address).status_code == 303
    assert [item.role for item in session.scalars(select(Membership))] == [Role.ORGANIZER]
    assert client.post(address).status_code == 404


def test_withdraw_role_of_the_last_organizer_is_refused_on_the_same_page(
    client: FlaskClient, session: Session
) -> None:
    with_committee(client, session)
    last = session.scalars(select(Membership).where(Membership.role == Role.ORGANIZER)).one()
    found = page(client.post(f"{PEOPLE}/{last.id}/withdraw"))
    assert found.status == 409
    assert found.errors == ["A competition keeps at least one organizer. Invite another one first."]


def test_withdraw_role_of_another_competition_does_not_exist(
    client: FlaskClient, session: Session
) -> None:
    with_committee(client, session)
    other = make_competition(session, slug="other")
    make_organizer(session, other)
    theirs = session.scalars(select(Membership).where(Membership.competition_id == other.id)).one()
    for address in (f"{PEOPLE}/{theirs.id}", f"/c/other/manage/people/{theirs.id}"):
        assert client.get(f"{address}/withdraw").status_code == 404
        assert client.post(f"{address}/withdraw").status_code == 404
        assert client.post(f"{address}/link").status_code == 404


def test_account_page_shows_devices_in_words(client: FlaskClient, session: Session) -> None:
    account: Account = make_account(session)
    sign_in(client, account.id)
    found = page(client.get("/account"))
    assert [row.startswith("test ") for row in found.texts("tbody tr")] == [True]
    assert found.texts("tbody .tag") == ["this device"]


@pytest.mark.parametrize(
    ("user_agent", "words"),
    [
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/126.0 Safari/537.36 Edg/126.0", "Edge, Windows"),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) Version/17.5 Safari/604.1",
            "Safari, iPhone",
        ),
        ("Mozilla/5.0 (Linux; Android 14) Chrome/126 MicroMessenger/8.0", "WeChat, Android"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Firefox/127.0", "Firefox, Linux"),
        ("curl/8.5", "curl/8.5"),
        ("", "unknown device"),
    ],
)
def test_device_words_name_browser_and_system(app: Flask, user_agent: str, words: str) -> None:
    with app.test_request_context():
        assert device_words(user_agent) == words
