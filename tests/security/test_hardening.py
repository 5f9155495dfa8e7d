"""Odd, huge and forged requests: refused or harmless, never a crash."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import replace

import pytest
from werkzeug.test import TestResponse

from competition.app import create_app
from competition.models import Account, Entry
from tests.security.crawling import Visit, kind_of
from tests.security.doors import FORMS, doors
from tests.security.visiting import Site

LARGE = ("2147483648", "9" * 19, "9" * 5000)
ARGUMENTS = (
    "q page track school round run version state view kind judge before action names amount "
    "number show ending"
).split()
FORM = re.compile(r'<form\b[^>]*method="post"[^>]*action="([^"]*)"[^>]*>(.*?)</form>', re.DOTALL)
NAME = re.compile(r'<(?:input|select|textarea|button)\b[^>]*\bname="([^"]+)"')
FORGED = {
    "is_operator": "1",
    "role": "operator",
    "id": "1",
    "state": "eligible",
    "team_id": "3",
    "competition_id": "2",
    "account_id": "1",
}


@pytest.mark.parametrize("large", LARGE, ids=["32 bits", "64 bits", "5000 digits"])
def test_asking_for_an_id_beyond_the_database_is_not_found(site: Site, large: str) -> None:
    asked = 0
    for door in doors(site.app):
        numbers = [part for part in door.parts if f"<int:{part}>" in door.rule.rule]
        for part in numbers if door.method == "GET" else []:
            address = door.address(site.app, site.world)
            own = str(door.values(site.world)[part])
            forged = re.sub(rf"(?<=/){own}(?=[./]|$)", large, address)
            assert forged != address
            with site.ask("operator", forged) as answer:
                assert (door.endpoint, answer.status_code) == (door.endpoint, 404)
            asked += 1
    assert asked > 40


ODD = ("9" * 19, "9" * 5000, "-1", "x' OR 1=1 --", "%F0%9D%9F%99", "%ff")


@pytest.mark.parametrize("turn", [0, 1])
def test_asking_with_odd_arguments_does_no_harm(site: Site, turn: int) -> None:
    query = "&".join(
        f"{name}={ODD[(place + turn) % len(ODD)]}" for place, name in enumerate(ARGUMENTS)
    )
    crashed = [
        f"{door.endpoint}: {answer.status}"
        for door in doors(site.app)
        if door.method == "GET"
        for address in [f"{door.address(site.app, site.world)}?{query}"]
        for answer in [site.seen("organizer", address)]
        if answer.status >= 500
    ]
    assert crashed == []


def test_sending_the_character_zero_is_refused(site: Site) -> None:
    for address in ("/?q=%00", "/c/al%00pha", "/c/alpha/teams?%00=1", "/c/alpha/results/1?q=a%00"):
        assert (address, site.ask("organizer", address).status_code) == (address, 400)
    for door in doors(site.app):
        if door.is_unsafe and "files" not in door.rule.rule and "import" not in door.rule.rule:
            form = {**FORMS.get(door.endpoint, {}), "name": "a\0b"}
            answer = site.settled("operator", door.address(site.app, site.world), "POST", form)
            assert (door.endpoint, answer.status) == (door.endpoint, 400)
    assert site.changed() == []


def _forms(visit: Visit) -> dict[str, tuple[str, list[str]]]:
    """Where forms of each kind are sent, and their fields."""
    found: dict[str, tuple[str, list[str]]] = {}
    for item in visit.pages:
        for action, inside in FORM.findall(item.text):
            address = html.unescape(action) or item.address
            fields = [name for name in NAME.findall(inside) if name != "csrf_token"]
            found.setdefault(kind_of(address), (address, fields))
    return found


VALUES = ("9" * 30, "-" + "9" * 10, "x" * 10_000, "\u202e\ufffe", "1e999", "1e-999", "=cmd()")


@pytest.mark.parametrize("visitor", ["organizer", "judge", "captain"])
def test_sending_odd_values_in_every_field_does_no_harm(
    site: Site, visits: dict[str, Visit], visitor: str
) -> None:
    forms = _forms(visits[visitor])
    assert len(forms) >= 5
    crashed = []
    for address, fields in forms.values():
        for value in VALUES if fields else VALUES[:1]:
            sent = dict.fromkeys(fields, value) | FORGED
            answer = site.settled(visitor, address, "POST", sent)
            if answer.status >= 500:
                crashed.append(f"{address} {value[:12]!r}: {answer.status}")
    assert crashed == []


@pytest.mark.parametrize("visitor", ["organizer", "judge", "captain"])
def test_sending_every_field_twice_does_no_harm(
    site: Site, visits: dict[str, Visit], visitor: str
) -> None:
    for address, fields in _forms(visits[visitor]).values():
        answer = site.settled(visitor, address, "POST", {name: ["1", "2"] for name in fields})
        assert (address, answer.status < 500) == (address, True)


def test_forging_fields_that_a_form_does_not_have_has_no_effect(site: Site) -> None:
    address = f"/c/alpha/entries/{site.world.ids['draft']}/text"
    sent = {"title_en": "New", "summary_en": "New", "action": "save", **FORGED}
    before = _rows(site)
    with site.ask("captain", address, "POST", data=sent) as answer:
        assert answer.status_code in {303, 409, 422}
    invited = {"email": "new@school.example", "name": "New", **FORGED, "role": "observer"}
    with site.ask("organizer", "/c/alpha/manage/people", "POST", data=invited) as answer:
        assert answer.status_code == 200
    after = _rows(site)
    site.restore()
    assert after["entries"] == before["entries"]
    assert len(after["accounts"]) == len(before["accounts"]) + 1
    assert [operator for _id, operator in after["accounts"][len(before["accounts"]) :]] == [False]


def _rows(site: Site) -> dict[str, list[tuple[object, ...]]]:
    with site.session() as session:
        return {
            "entries": sorted(
                tuple(row) for row in session.query(Entry.id, Entry.team_id, Entry.state)
            ),
            "accounts": sorted(
                tuple(row) for row in session.query(Account.id, Account.is_operator)
            ),
        }


EVIL = "evil.example"


def _forged(site: Site) -> Iterator[tuple[str, TestResponse]]:
    headers = {"Host": EVIL, "X-Forwarded-Host": EVIL, "X-Forwarded-For": "1.2.3.4"}
    for door in doors(site.app):
        address = door.address(site.app, site.world)
        if door.method == "GET":
            yield address, site.ask("organizer", address, headers=headers)
    for address in ("/c/alpha/manage/judges/3/link", "/c/hidden/teams"):
        method = "POST" if address.endswith("link") else "GET"
        yield address, site.ask("organizer", address, method, headers=headers)
        site.restore()


def test_forging_the_host_changes_no_link(site: Site) -> None:
    for address, answer in _forged(site):
        with answer:
            told = answer.text + str(answer.headers)
        assert (address, EVIL in told) == (address, False)


def test_asking_a_host_that_is_not_trusted_is_refused(site: Site) -> None:
    settings = replace(site.app.config["SETTINGS"], trusted_hosts=("good.example",))
    client = create_app(settings).test_client()
    assert client.get("/healthz", headers={"Host": EVIL}).status_code == 400
    assert client.get("/healthz", headers={"Host": "good.example"}).status_code == 200


def test_asking_for_the_head_alone_answers_as_the_page_does(site: Site) -> None:
    for door in doors(site.app):
        if door.method == "GET" and door.endpoint.split(".")[0] in {"submissions", "results"}:
            address = door.address(site.app, site.world)
            with site.ask("organizer", address, "HEAD") as head:
                status = head.status_code
                assert (address, head.data) == (address, b"")
            assert (address, status) == (address, site.seen("organizer", address).status)


def test_asking_what_is_possible_tells_methods_and_other_methods_are_refused(site: Site) -> None:
    methods: dict[str, set[str]] = {}
    for door in doors(site.app):
        methods.setdefault(door.address(site.app, site.world), set()).add(door.method)
    for address, known in methods.items():
        options = site.ask("anonymous", address, "OPTIONS")
        assert options.status_code == 200
        assert (address, known - set(options.allow)) == (address, set())
        assert (address, site.ask("organizer", address, "DELETE").status_code) == (address, 405)


def test_sending_without_a_token_or_from_elsewhere_is_refused_everywhere(site: Site) -> None:
    for door in doors(site.app):
        if door.is_unsafe:
            address = door.address(site.app, site.world)
            bare = site.ask("operator", address, "POST", csrf=False)
            assert (address, bare.status_code) == (address, 400)
            headers = {"Origin": "https://evil.example"}
            foreign = site.ask("operator", address, "POST", headers=headers)
            assert (address, foreign.status_code) == (address, 403)
    assert site.changed() == []
