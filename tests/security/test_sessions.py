"""The cookie that says who is asking: how it is set, renewed, and made worthless."""

from __future__ import annotations

import time
from dataclasses import replace

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from competition.adapters.tokens import digest
from competition.app import create_app
from competition.models import Account, AccountSession
from competition.web import logging
from tests.security.visiting import Site

PASSWORD = "long enough to be safe"


def _cookie(client: FlaskClient, domain: str = "localhost") -> str:
    found = client.get_cookie("session", domain=domain)
    return found.value if found else ""


def _session_header(answer: TestResponse) -> str:
    found = answer.headers.getlist("Set-Cookie")
    [header] = [item for item in found if item.startswith("session=")]
    return header


def _flags(header: str) -> set[str]:
    return {part.strip() for part in header.split(";")[1:]}


def test_signing_in_sets_a_cookie_that_scripts_and_other_sites_do_not_get(site: Site) -> None:
    client = site.client("anonymous")
    answer = client.post(f"/link/{site.world.link}")
    site.restore()
    [header] = [
        item for item in answer.headers.getlist("Set-Cookie") if item.startswith("session=")
    ]
    assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= _flags(header)
    assert not any(flag.startswith("Domain") for flag in _flags(header))


def test_signing_in_in_production_sets_a_cookie_for_encrypted_connections_alone(
    site: Site,
) -> None:
    settings = replace(
        site.app.config["SETTINGS"],
        env="production",
        trusted_hosts=("good.example",),
        public_url="https://good.example",
    )
    client = create_app(settings).test_client()
    logging.configure("text", quiet=True)  # in production it logs
    answer = client.get("/sign-in", base_url="https://good.example")
    [header] = [
        item for item in answer.headers.getlist("Set-Cookie") if item.startswith("session=")
    ]
    assert {"Secure", "HttpOnly", "SameSite=Lax"} <= _flags(header)
    assert "Strict-Transport-Security" in answer.headers


def test_signing_in_takes_no_token_that_somebody_else_has_set(site: Site) -> None:
    client = site.client("anonymous")
    client.get("/sign-in")
    with client.session_transaction() as cookie:
        cookie["planted"] = "by an attacker"
        before = cookie["csrf_token"]
    client.post(f"/link/{site.world.link}")
    with client.session_transaction() as cookie:
        token = cookie["_user_id"]
        assert "planted" not in cookie
        assert cookie.get("csrf_token") != before
    assert token not in site.world.tokens.values()
    stored = str(site.contents()["account_session"])
    site.restore()
    assert digest(token) in stored
    assert token not in stored


def test_signing_out_makes_a_copy_of_the_cookie_worthless(site: Site) -> None:
    client, thief = site.client("captain"), site.client("captain")
    assert thief.get("/account").status_code == 200
    assert client.post("/sign-out").status_code == 303
    refused = thief.get("/account")
    site.restore()
    assert refused.headers["Location"].startswith("/sign-in")


def test_changing_the_password_signs_out_everywhere_else(site: Site) -> None:
    here, there = site.client("captain"), site.client("captain")
    sent = {"current": "", "password": PASSWORD, "again": PASSWORD, "repeat": PASSWORD}
    answer = here.post("/account/password", data=sent)
    stays, gone = here.get("/account").status_code, there.get("/account")
    site.restore()
    assert (answer.status_code, stays) == (303, 200)
    assert gone.headers["Location"].startswith("/sign-in")


def test_ending_one_session_of_many_ends_that_one_alone(site: Site) -> None:
    other = site.client("captain")
    with site.writing() as session:
        captain = session.get_one(Account, site.world.accounts["captain"])
        found = AccountSession(
            account=captain,
            token_hash=digest("another device"),
            created_at=captain.created_at,
            expires_at=captain.created_at.replace(year=captain.created_at.year + 1),
        )
        session.add(found)
        session.flush()
        number = found.id
    device = site.signed_with("another device")
    assert device.get("/account").status_code == 200
    assert other.post(f"/account/sessions/{number}/end").status_code == 303
    gone, stays = device.get("/account").status_code, other.get("/account").status_code
    site.restore()
    assert (gone, stays) == (302, 200)


def test_a_forged_idle_or_disabled_visitor_is_nobody(site: Site) -> None:
    forged = site.client("anonymous")
    forged.set_cookie("session", _cookie(site.client("organizer"))[:-3] + "AAA")
    assert forged.get("/account").status_code == 302
    idle = site.signed_with(site.world.tokens["organizer"], seen=int(time.time()) - 13 * 3600)
    assert idle.get("/account").status_code == 302
    with site.writing() as session:
        account = session.get_one(Account, site.world.accounts["organizer"])
        account.disabled_at = account.created_at
    disabled = site.ask("organizer", "/account").status_code
    site.restore()
    assert disabled == 302
    assert site.ask("organizer", "/account").status_code == 200
