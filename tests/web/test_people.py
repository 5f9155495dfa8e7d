"""Signing in and out, links, the account page, and the checks every request gets."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from competition.models import Account, AccountSession, AuditEntry, SignInLink
from competition.policies import SYSTEM
from competition.services import people
from tests.support.builders import make_account, make_competition, make_organizer, sign_in

PASSWORD = "long enough to be safe"


def with_password(app: Flask, session: Session, email: str = "li@school.example") -> Account:
    return make_account(
        session, email=email, password_hash=app.extensions["passwords"].hash(PASSWORD)
    )


def link_for(session: Session, account: Account) -> str:
    return people.issue_link(
        session, actor=SYSTEM, account=account, now=datetime.now(UTC), lifetime=timedelta(days=1)
    )


def test_sign_in_with_the_right_password_leads_back(
    app: Flask, client: FlaskClient, session: Session
) -> None:
    with_password(app, session)
    answer = client.post(
        "/sign-in?next=/account", data={"email": "LI@school.example", "password": PASSWORD}
    )
    assert (answer.status_code, answer.headers["Location"]) == (303, "/account")
    assert client.get("/account").status_code == 200


@pytest.mark.parametrize("email", ["li@school.example", "nobody@school.example"])
def test_sign_in_with_a_wrong_password_says_the_same_for_all(
    app: Flask, client: FlaskClient, session: Session, email: str
) -> None:
    with_password(app, session)
    answer = client.post("/sign-in", data={"email": email, "password": "something else"})
    assert answer.status_code == 422
    assert "Address and password do not fit together." in answer.text
    assert f'value="{email}"' in answer.text
    failures = session.scalars(
        select(AuditEntry.action).where(AuditEntry.action == "sign_in_failed")
    ).all()
    assert len(failures) == 1


def test_sign_in_after_many_failures_has_to_wait(
    app: Flask, client: FlaskClient, session: Session
) -> None:
    with_password(app, session)
    wrong = {"email": "li@school.example", "password": "something else"}
    statuses = [client.post("/sign-in", data=wrong).status_code for _ in range(6)]
    assert statuses == [422] * 5 + [429]
    right = {"email": "li@school.example", "password": PASSWORD}
    assert client.post("/sign-in", data=right).status_code == 429


def test_sign_in_leads_nowhere_off_this_site(
    app: Flask, client: FlaskClient, session: Session
) -> None:
    with_password(app, session)
    answer = client.post(
        "/sign-in?next=https://evil.example/",
        data={"email": "li@school.example", "password": PASSWORD},
    )
    assert answer.headers["Location"] == "/"


def test_link_looked_at_is_not_spent_and_works_once(client: FlaskClient, session: Session) -> None:
    account = make_account(session, "Fang Zhiyuan")
    token = link_for(session, account)
    for _ in range(2):
        page = client.get(f"/link/{token}")
        assert (page.status_code, "Fang Zhiyuan" in page.text) == (200, True)
    assert client.post(f"/link/{token}").status_code == 303
    assert client.get("/account").status_code == 200
    again = client.post(f"/link/{token}")
    assert (again.status_code, "no longer works" in again.text) == (404, True)


def test_link_in_chinese_speaks_chinese(client: FlaskClient, session: Session) -> None:
    token = link_for(session, make_account(session, "方致远"))
    page = client.get(f"/link/{token}", headers={"Accept-Language": "zh-CN"})
    assert 'lang="zh-Hans"' in page.text
    assert "以 方致远 的身份登录" in page.text


def test_sign_out_ends_the_session_on_the_server(client: FlaskClient, session: Session) -> None:
    account = make_account(session)
    sign_in(client, account.id)
    with client.session_transaction() as cookie:
        kept = dict(cookie)
    assert client.post("/sign-out").status_code == 303
    with client.session_transaction() as cookie:
        cookie.update(kept)  # a stolen copy of the cookie
    assert client.get("/account").status_code == 302


def test_account_page_asked_by_a_stranger_leads_to_sign_in(client: FlaskClient) -> None:
    answer = client.get("/account")
    assert answer.status_code == 302
    assert answer.headers["Location"] == "/sign-in?next=%2Faccount"


def test_change_password_signs_other_devices_out(
    app: Flask, client: FlaskClient, session: Session
) -> None:
    account = with_password(app, session)
    sign_in(client, account.id)
    other = app.test_client()
    sign_in(other, account.id)
    answer = client.post(
        "/account/password",
        data={"current": PASSWORD, "password": "another long one", "again": "another long one"},
    )
    assert answer.status_code == 303
    assert client.get("/account").status_code == 200
    assert other.get("/account").status_code == 302


def test_change_password_with_a_wrong_current_one_changes_nothing(
    app: Flask, client: FlaskClient, session: Session
) -> None:
    account = with_password(app, session)
    before = account.password_hash
    sign_in(client, account.id)
    answer = client.post(
        "/account/password",
        data={"current": "wrong", "password": "another long one", "again": "another long one"},
    )
    assert answer.status_code == 422
    assert "This is not your current password." in answer.text
    session.expire_all()
    assert session.get_one(Account, account.id).password_hash == before


def test_end_session_of_somebody_else_is_not_found(client: FlaskClient, session: Session) -> None:
    victim, stranger = make_account(session), make_account(session)
    token = people.open_session(
        session,
        actor=SYSTEM,
        account=victim,
        user_agent="",
        now=datetime.now(UTC),
        lifetime=timedelta(hours=1),
    )
    assert token
    found = session.scalars(select(AccountSession)).one().id
    sign_in(client, stranger.id)
    assert client.post(f"/account/sessions/{found}/end").status_code == 404


def test_invite_shows_a_link_of_the_public_address_once(
    client: FlaskClient, session: Session, app: Flask
) -> None:
    competition = make_competition(session)
    organizer = make_organizer(session, competition)
    sign_in(client, organizer.id)
    address = f"/c/{competition.slug}/manage/people"
    client.get(address)
    kept = client.get_cookie("session")
    assert kept is not None
    client.set_cookie("session", kept.value, domain="evil.example")
    page = client.post(
        address,
        data={"name": "Deng Zi'ang", "email": "deng@school.example", "role": "committee"},
        headers={"Host": "evil.example", "Origin": "http://evil.example"},
    )
    assert page.status_code == 200
    public_url = app.config["SETTINGS"].public_url
    assert f"{public_url}/link/" in page.text
    assert "/link/" not in client.get(address).text
    assert session.scalars(select(SignInLink)).one().used_at is None


def test_invite_with_a_broken_address_keeps_what_was_typed(
    client: FlaskClient, session: Session
) -> None:
    competition = make_competition(session)
    sign_in(client, make_organizer(session, competition).id)
    page = client.post(
        f"/c/{competition.slug}/manage/people",
        data={"name": "Deng", "email": "deng at school", "role": "committee"},
    )
    assert page.status_code == 422
    assert "Enter an e-mail address, like li.hua@school.example." in page.text
    assert 'value="deng at school"' in page.text


def test_members_page_of_a_foreign_competition_is_not_found(
    client: FlaskClient, session: Session
) -> None:
    competition = make_competition(session)
    sign_in(client, make_account(session).id)
    assert client.get(f"/c/{competition.slug}/manage/people").status_code == 404


def test_post_without_a_token_is_refused(client: FlaskClient) -> None:
    answer = client.post("/sign-in", data={"email": "a@b.example", "password": "x"}, csrf=False)
    assert answer.status_code == 400


def test_post_from_a_foreign_origin_is_refused(client: FlaskClient) -> None:
    answer = client.post(
        "/sign-in",
        data={"email": "a@b.example", "password": "x"},
        headers={"Origin": "https://evil.example"},
    )
    assert answer.status_code == 403


def test_every_page_carries_the_security_headers(client: FlaskClient) -> None:
    headers = client.get("/sign-in").headers
    assert headers["Content-Security-Policy"].startswith("default-src 'none'; style-src 'self'")
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert len(headers["X-Request-ID"]) == 16


def test_signed_in_pages_are_not_stored(client: FlaskClient, session: Session) -> None:
    sign_in(client, make_account(session).id)
    assert client.get("/account").headers["Cache-Control"] == "no-store"


def test_healthz_and_readyz_answer(client: FlaskClient) -> None:
    assert client.get("/healthz").json == {"status": "ok"}
    assert client.get("/readyz").json == {"status": "ok"}


def test_invite_of_an_operator_gives_the_role_but_no_link(
    client: FlaskClient, session: Session
) -> None:
    competition = make_competition(session)
    organizer = make_organizer(session, competition)
    make_account(session, email="operator@school.example", is_operator=True)
    sign_in(client, organizer.id)
    page = client.post(
        f"/c/{competition.slug}/manage/people",
        data={"name": "Op", "email": "operator@school.example", "role": "observer"},
    )
    assert page.status_code == 200
    assert "operator@school.example" in page.text
    assert "/link/" not in page.text
