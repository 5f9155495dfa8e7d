"""Public pages come from the cache, compressed, and are never stale."""

from __future__ import annotations

import gc
import gzip
from weakref import ref

import brotli  # type: ignore[import-untyped]
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from competition.app import create_app
from competition.extensions import db, write_intent
from competition.models import Publication, Round, Team
from competition.policies import SYSTEM
from competition.services.record import audit
from competition.services.results import compute, publish, withdraw
from competition.settings import Settings
from competition.vocabulary import Method
from competition.web.compression import Packed
from competition.web.page_cache import PageCache
from tests.support.builders import NOW, make_organizer, sign_in
from tests.support.client import IsolatedClient
from tests.support.judged import Judged, make_judged_round
from tests.support.statements import counted
from tests.support.templates import MEMORY

BOARD = "/c/aiac-2026/results/1"


@pytest.fixture
def made(session: Session) -> Judged:
    made = make_judged_round(session, entries=3)
    run = compute(session, actor=SYSTEM, of=made.round, now=NOW)
    publish(session, actor=SYSTEM, run=run, instead_of=None, now=NOW)
    return made


def live(session: Session) -> Publication:
    return session.scalars(select(Publication).where(Publication.withdrawn_at.is_(None))).one()


def test_asking_again_gives_the_same_bytes_for_one_statement(
    app: Flask, client: FlaskClient, made: Judged
) -> None:
    first = client.get(BOARD)
    with counted(db.engine) as sent:
        second = client.get(BOARD)
    assert second.data == first.data
    assert len(sent) == 1
    same = {"Content-Security-Policy", "Content-Type", "ETag", "Cache-Control", "Vary"}
    assert {name: second.headers[name] for name in same} == {
        name: first.headers[name] for name in same
    }
    assert second.headers["X-Request-ID"] != first.headers["X-Request-ID"]
    assert first.headers["Cache-Control"] == "no-cache"


@pytest.mark.parametrize("warm", [False, True])
def test_asking_with_the_tag_of_the_page_answers_304_without_a_body(
    client: FlaskClient, made: Judged, warm: bool
) -> None:
    tag = client.get(BOARD).headers["ETag"]
    address = BOARD if warm else f"{BOARD}?track=1"
    tag = tag if warm else client.get(address).headers["ETag"]
    response = client.get(address, headers={"If-None-Match": tag})
    assert (response.status_code, response.data) == (304, b"")
    other = client.get(address, headers={"If-None-Match": 'W/"another"'})
    assert other.status_code == 200


@pytest.mark.parametrize("times", [1, 2])
def test_asking_for_an_encoding_gives_the_same_page_in_it(
    client: FlaskClient, made: Judged, times: int
) -> None:
    plain = client.get(BOARD).data
    for _ in range(times):
        small = client.get(BOARD, headers={"Accept-Encoding": "gzip, br"})
        assert small.headers["Content-Encoding"] == "br"
        assert brotli.decompress(small.data) == plain
        zipped = client.get(BOARD, headers={"Accept-Encoding": "gzip;q=0.5, br;q=0"})
        assert zipped.headers["Content-Encoding"] == "gzip"
        assert gzip.decompress(zipped.data) == plain
        assert int(zipped.headers["Content-Length"]) == len(zipped.data)


def test_publishing_another_run_is_seen_at_once(
    client: FlaskClient, session: Session, made: Judged
) -> None:
    before = client.get(BOARD).data
    of = session.get_one(Round, made.round.id)
    run = compute(session, actor=SYSTEM, of=of, now=NOW, method=Method.MEAN)
    publish(session, actor=SYSTEM, run=run, instead_of=live(session).id, now=NOW)
    after = client.get(BOARD)
    assert after.data != before
    assert b"Mean of the judges" in after.data


def test_withdrawing_is_seen_at_once(client: FlaskClient, session: Session, made: Judged) -> None:
    assert client.get(BOARD).status_code == 200
    withdraw(session, actor=SYSTEM, publication=live(session), reason="wrong", now=NOW)
    assert client.get(BOARD).status_code == 404
    assert client.get(f"{BOARD}/results.json").status_code == 404


def test_renaming_a_team_is_seen_at_once(
    client: FlaskClient, session: Session, made: Judged
) -> None:
    assert b"Team 01" in client.get(BOARD).data
    team = session.scalars(select(Team).where(Team.name == "Team 01")).one()
    team.name = "Blue Whales"
    audit(session, actor=SYSTEM, action="edit_team", now=NOW, thing=team,
          competition_id=made.competition.id)  # fmt: skip
    page = client.get(BOARD).data
    assert b"Blue Whales" in page
    assert b"Team 01" not in page


def test_publishing_in_one_process_is_seen_in_another(
    client: FlaskClient, session: Session, settings: Settings, made: Judged
) -> None:
    other = create_app(settings)
    other.test_client_class = IsolatedClient
    other.jinja_env.bytecode_cache = MEMORY
    reader = other.test_client()
    session.commit()
    assert reader.get(BOARD).data == client.get(BOARD).data
    withdraw(session, actor=SYSTEM, publication=live(session), reason="wrong", now=NOW)
    session.commit()
    assert reader.get(BOARD).status_code == 404
    with other.app_context(), write_intent():
        db.session.remove()
        db.engine.dispose()


def test_asking_in_another_language_or_theme_gives_that_one(
    client: FlaskClient, made: Judged
) -> None:
    english = client.get(BOARD, headers={"Accept-Language": "en"}).data
    chinese = client.get(BOARD, headers={"Accept-Language": "zh"}).data
    assert english != chinese
    client.set_cookie("theme", "dark")
    assert b'data-bs-theme="dark"' in client.get(BOARD).data
    client.set_cookie("language", "zh_Hans")
    assert client.get(BOARD).get_data(as_text=True).startswith('<!doctype html>\n<html lang="zh')


def test_choosing_a_language_in_the_address_sets_the_cookie_each_time(
    app: Flask, made: Judged
) -> None:
    for _ in range(2):
        response = app.test_client().get(f"{BOARD}?lang=zh_Hans")
        assert "language=zh_Hans" in response.headers["Set-Cookie"]
        assert '<html lang="zh-Hans"' in response.get_data(as_text=True)


def test_reading_signed_in_gives_an_own_page_that_is_not_kept(
    client: FlaskClient, session: Session, made: Judged
) -> None:
    everybody = client.get(BOARD).data
    sign_in(client, make_organizer(session, made.competition).id)
    own = client.get(BOARD)
    assert b"Sign out" in own.data
    assert own.headers["Cache-Control"] == "no-store"
    client.delete_cookie("session")
    assert client.get(BOARD).data == everybody


def test_reading_everybodys_page_finds_no_form_token_and_no_cookie(
    client: FlaskClient, made: Judged
) -> None:
    response = client.get(BOARD)
    assert b"csrf" not in response.data
    assert "Set-Cookie" not in response.headers


def test_dropping_a_page_from_the_cache_leaves_it_nowhere_in_the_process(
    app: Flask, client: FlaskClient, made: Judged
) -> None:
    of_others = {id(item) for item in _packed()}
    first = client.get(BOARD)
    assert client.get(BOARD).data == first.data
    (page,) = [item for item in _packed() if id(item) not in of_others]
    dropped = ref(page)
    del page
    app.extensions["page_cache"] = PageCache()
    gc.collect()
    assert dropped() is None
    assert client.get(BOARD).data == first.data


def _packed() -> list[Packed]:
    return [item for item in gc.get_objects() if isinstance(item, Packed)]


def test_searching_is_not_kept(app: Flask, client: FlaskClient, made: Judged) -> None:
    for word in ("team", "school"):
        assert client.get(f"{BOARD}?q={word}").status_code == 200
    assert len(app.extensions["page_cache"]) == 0
