"""The tests' own ground: requests share nothing with a test, nor tests with each other.

What is made once for many tests, or made simpler than it is, behaves as the thing itself.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element

import html5lib
import pytest
from flask import Flask, g, request
from flask.testing import FlaskClient
from jinja2 import DictLoader, Environment
from sqlalchemy import func, inspect, select
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Session
from werkzeug.exceptions import NotFound
from werkzeug.routing import Map, Rule, UnicodeConverter

from competition.app import create_app
from competition.extensions import db
from competition.models import Account, Competition, LocalText, Track
from competition.settings import Settings
from tests.support import templates
from tests.support.builders import NOW, make_account, make_competition, sign_in
from tests.support.judging import make_judging
from tests.support.pages import read_page
from tests.support.routing import SharedMap
from tests.support.storing import store, store_all


@pytest.mark.parametrize("_again", [1, 2])
def test_writing_in_one_test_leaves_the_next_an_empty_database(
    session: Session, _again: int
) -> None:
    assert session.scalar(select(func.count(Account.id))) == 0
    make_account(session)
    session.commit()


def test_requesting_twice_shares_nothing_between_requests_and_test(
    app: Flask, client: FlaskClient, session: Session
) -> None:
    @app.get("/test-only")
    def count() -> str:
        g.count = g.get("count", 0) + 1
        make_nothing = db.session() is session
        return f"{g.count} {make_nothing}"

    make_account(session)
    assert [client.get("/test-only").text for _ in range(2)] == ["1 False", "1 False"]


def test_preparing_data_without_commit_shows_it_to_the_request(
    app: Flask, client: FlaskClient, session: Session
) -> None:
    @app.get("/test-only")
    def count() -> str:
        return str(db.session.scalar(select(func.count(Account.id))))

    make_account(session)
    assert client.get("/test-only").text == "1"


def test_writing_in_a_request_that_only_reads_is_refused_by_the_database(
    app: Flask, client: FlaskClient, session: Session
) -> None:
    @app.get("/test-only")
    def write() -> str:
        with pytest.raises(DBAPIError):
            make_account(db.session())
        db.session.rollback()
        return "refused"

    assert client.get("/test-only").text == "refused"
    assert session.scalar(select(func.count(Account.id))) == 0


def test_posting_brings_the_form_token_unless_asked_not_to(app: Flask, client: FlaskClient) -> None:
    @app.post("/test-only")
    def answer() -> str:
        return request.form["a"]

    assert client.post("/test-only", data={"a": "b"}).text == "b"
    assert client.post("/test-only", data={"a": "b"}, csrf=False).status_code == 400


def test_signing_in_keeps_the_visitor_for_later_requests(
    client: FlaskClient, session: Session
) -> None:
    assert client.get("/account").status_code == 302
    sign_in(client, make_account(session).id)
    assert client.get("/account").status_code == 200


def test_sharing_routes_with_another_application_matches_and_builds_as_werkzeug_alone(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = (create_app(settings) for _ in range(2))
    tried = _tried(second)
    shared = list(second.url_map.iter_rules())
    assert all(one is two for one, two in zip(shared, first.url_map.iter_rules(), strict=True))
    monkeypatch.setattr(Flask, "url_map_class", Map)
    plain = create_app(settings)
    assert [type(app.url_map) for app in (second, plain)] == [SharedMap, Map]
    assert tried == _tried(plain)
    assert len(tried) > 130


def test_adding_a_route_to_an_application_leaves_equal_ones_without_it(settings: Settings) -> None:
    first, second = (create_app(settings) for _ in range(2))
    assert _tried(first) == _tried(second)
    first.get("/test-only")(_tried)
    assert first.url_map.bind("localhost").match("/test-only") == ("_tried", {})
    for other in (second, create_app(settings)):
        with pytest.raises(NotFound):
            other.url_map.bind("localhost").match("/test-only")


@pytest.mark.parametrize("kind", [Map, SharedMap])
def test_a_converter_serves_the_routes_that_come_after_it(kind: type[Map]) -> None:
    def position(*, before: bool) -> object:
        routes = kind()
        if before:
            routes.converters["int"] = UnicodeConverter
        routes.add(Rule("/<int:position>", endpoint="show"))
        routes.converters["int"] = UnicodeConverter
        return routes.bind("localhost").match("/7")[1]["position"]

    assert [position(before=before) for before in (False, True, False)] == [7, "7", 7]


def test_storing_an_object_leaves_what_a_flush_leaves(session: Session) -> None:
    values = {"name": LocalText(zh="大赛"), "created_at": NOW}
    flushed = Competition(slug="flushed", tracks=[], rounds=[], **values)
    session.add(flushed)
    session.flush()
    stored = store(session, Competition, slug="stored", tracks=[], rounds=[], **values)
    assert inspect(stored).persistent and not session.new and not session.dirty
    columns = {str(column.key) for column in inspect(Competition).columns}
    assert set(vars(stored)) == {*columns, "tracks", "rounds", "_sa_instance_state"}
    for _look in ("as it was made", "as it was read"):
        alike = columns - {"id", "slug"}
        assert {name: getattr(stored, name) for name in alike} == {
            name: getattr(flushed, name) for name in alike
        }
        session.expire_all()
    assert session.get(Competition, stored.id) is stored


def test_storing_objects_lists_them_with_the_one_they_belong_to(session: Session) -> None:
    competition = make_competition(session, tracks=("A",))
    stored = store_all(
        session,
        Track,
        [{"competition": competition, "position": n, "name": LocalText(en=str(n))} for n in (2, 3)],
    )
    assert competition.tracks[1:] == stored
    assert [track.competition for track in stored] == [competition, competition]
    assert not session.dirty
    session.expire_all()
    assert competition.tracks[1:] == stored


def test_storing_an_object_writes_what_was_changed_before(session: Session) -> None:
    competition = make_competition(session)
    competition.slug = "renamed"
    make_account(session)
    assert not session.dirty
    assert session.connection().execute(select(Competition.slug)).scalars().all() == ["renamed"]


def test_storing_what_the_database_refuses_fails_at_once(session: Session) -> None:
    make_competition(session)
    session.commit()
    with pytest.raises(IntegrityError):
        make_competition(session)
    session.rollback()
    assert session.scalars(select(Competition.slug)).all() == ["aiac-2026"]


def test_keeping_compiled_templates_serves_the_next_run_until_anything_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    compiled: list[str] = []

    class Watched(Environment):
        def compile(self, source: Any, *args: Any, **more: Any) -> Any:
            compiled.append(source)
            return super().compile(source, *args, **more)

    def show(source: str) -> str:
        kept = templates.TemplateMemory(tmp_path)
        pages = [
            Watched(loader=DictLoader({"page": source}), bytecode_cache=kept) for _ in range(2)
        ]
        assert len({page.get_template("page").render() for page in pages}) == 1
        return pages[0].get_template("page").render()

    assert [show("{{ 1 + 1 }}"), show("{{ 1 + 1 }}"), show("{{ 1 + 2 }}")] == ["2", "2", "3"]
    assert compiled == ["{{ 1 + 1 }}", "{{ 1 + 2 }}"]
    monkeypatch.setattr(templates, "maker", lambda: "another product")
    assert show("{{ 1 + 2 }}") == "3"
    assert compiled == ["{{ 1 + 1 }}", "{{ 1 + 2 }}", "{{ 1 + 2 }}"]


def test_reading_a_page_finds_what_html5lib_finds(client: FlaskClient, session: Session) -> None:
    judging = make_judging(session)
    sign_in(client, judging.judges[0].account_id)
    addresses = ["/", "/c/aiac-2026", f"/c/aiac-2026/assignments/{judging.assignments[0].id}"]
    sources = [client.get(address).text for address in addresses]
    sources.append(
        "<!doctype html><html><head><title>&lt;</title></head><body><textarea>\n\nA"
        "</textarea><pre>\nB</pre><br><svg><path /><title>C</title></svg></body></html>"
    )
    for source in sources:
        expected = html5lib.parse(source, namespaceHTMLElements=False)
        assert _outline(read_page(source)) == _outline(expected)


@pytest.mark.parametrize("source", ["<p><b></p></b>", "<p>", "</p>", "<p><br></br></p>"])
def test_reading_a_page_that_leaves_something_open_fails(source: str) -> None:
    with pytest.raises(AssertionError, match="close"):
        read_page(source)


def _outline(item: Element) -> list[object]:
    tag = item.tag.replace("{http://www.w3.org/2000/svg}", "svg:")
    attributes = {name.lower(): text for name, text in item.attrib.items()}
    text = item.text or ""
    inside = [(_outline(child), (child.tail or "").strip()) for child in item]
    return [tag, attributes, text if tag in {"textarea", "pre"} else text.strip(), inside]


def _tried(app: Flask) -> dict[str, object]:
    """Every route, built from its arguments, and what its address leads to."""
    found: dict[str, object] = {}
    urls = app.url_map.bind("localhost")
    for rule in app.url_map.iter_rules():
        values = {name: _value(rule.rule, name) for name in rule.arguments}
        for method in sorted(rule.methods or ()):
            address = urls.build(rule.endpoint, {**values, "more": "&"}, method=method)
            found[f"{method} {address}"] = urls.match(address.partition("?")[0], method=method)
    return found


def _value(rule: str, name: str) -> object:
    """What the rule takes in this place: a number, one of a list, or any word."""
    if f"<int:{name}>" in rule:
        return 7
    listed = re.search(rf"<any\((\w+)[^)]*\):{name}>", rule)
    return listed[1] if listed else "seven"
