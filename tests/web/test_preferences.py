"""Language and colours: chosen by form, by address, by the browser."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from competition.web.preferences import same_site_path, select_locale, select_theme
from tests.web.gallery import make_gallery


def cookies(client: FlaskClient) -> dict[str, str]:
    found = (client.get_cookie(name) for name in ("language", "theme"))
    return {cookie.key: cookie.value for cookie in found if cookie is not None}


@pytest.fixture
def gallery(tmp_path: Path) -> Flask:
    return make_gallery(tmp_path)


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh_Hans"),
        ("zh-TW", "zh_Hans"),
        ("zh-Hans", "zh_Hans"),
        ("en-GB,en;q=0.9", "en"),
        ("fr-FR,zh;q=0.4,en;q=0.8", "en"),
        ("en;q=0.2,zh;q=0.7", "zh_Hans"),
        ("fr-FR", "en"),
        ("", "en"),
    ],
)
def test_negotiating_takes_the_language_the_browser_prefers(
    gallery: Flask, header: str, language: str
) -> None:
    with gallery.test_request_context(headers={"Accept-Language": header}):
        assert select_locale() == language


def test_asking_by_address_wins_over_cookie_and_browser(gallery: Flask) -> None:
    headers = {"Cookie": "language=en", "Accept-Language": "en"}
    with gallery.test_request_context("/?lang=zh_Hans", headers=headers):
        assert select_locale() == "zh_Hans"


def test_keeping_an_unknown_choice_in_a_cookie_is_ignored(gallery: Flask) -> None:
    headers = {"Cookie": "language=xx; theme=pink", "Accept-Language": "zh"}
    with gallery.test_request_context(headers=headers):
        assert (select_locale(), select_theme()) == ("zh_Hans", "auto")


def test_choosing_a_language_remembers_it_and_comes_back(client: FlaskClient) -> None:
    answer = client.post(
        "/preferences/language", data={"language": "zh_Hans", "next": "/preferences?next=%2Fx"}
    )
    assert (answer.status_code, answer.location) == (303, "/preferences?next=%2Fx")
    cookie = client.get_cookie("language")
    assert cookie is not None
    assert (cookie.value, cookie.same_site, cookie.max_age) == ("zh_Hans", "Lax", 31536000)
    assert '<html lang="zh-Hans"' in client.get("/preferences").text


def test_choosing_dark_shows_every_later_page_dark(client: FlaskClient) -> None:
    assert 'data-bs-theme="auto"' in client.get("/preferences").text
    assert client.post("/preferences/theme", data={"theme": "dark"}).status_code == 303
    assert 'data-bs-theme="dark"' in client.get("/preferences").text


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("/preferences/language", {"language": "de"}),
        ("/preferences/language", {}),
        ("/preferences/theme", {"theme": "pink"}),
    ],
)
def test_choosing_something_unknown_is_refused(
    client: FlaskClient, path: str, data: dict[str, str]
) -> None:
    assert client.post(path, data=data).status_code == 400
    assert cookies(client) == {}


def test_opening_an_address_with_a_language_keeps_it(client: FlaskClient) -> None:
    answer = client.get("/preferences?lang=zh_Hans")
    assert '<html lang="zh-Hans"' in answer.text
    assert cookies(client) == {"language": "zh_Hans"}
    assert '<html lang="zh-Hans"' in client.get("/preferences").text


@pytest.mark.parametrize("target", ["/c/aiac/results", "/a?b=c&d=%E4%B8%AD", "/中文"])
def test_returning_to_a_path_of_this_site_is_allowed(gallery: Flask, target: str) -> None:
    with gallery.test_request_context():
        assert same_site_path(target) == target


@pytest.mark.parametrize(
    "target",
    [
        None,
        "",
        "results",
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example/",
        "/a\\..\\b",
        "\t//evil.example",
        "/\n/evil.example",
        "javascript:alert(1)",
    ],
)
def test_returning_elsewhere_leads_to_the_front_page(gallery: Flask, target: str | None) -> None:
    with gallery.test_request_context():
        assert same_site_path(target) == "/"


def test_linking_to_another_language_keeps_the_rest_of_the_address(gallery: Flask) -> None:
    text = gallery.test_client().get("/board?rows=1&lang=zh_Hans").text
    assert 'href="/board?rows=1&amp;lang=en"' in text
