"""The browser of the journeys notices what it must notice."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser

from tests.journeys.conftest import accessibility_problems
from tests.support.server import LiveServer, listen
from tests.support.witness import Witness

PAGES = {
    "good": "<!doctype html><html lang=en><title>Good</title><main><h1>Good</h1></main>",
    "script-error": "<!doctype html><title>x</title><script>nothing.here()</script>",
    "foreign": "<!doctype html><title>x</title><img src=https://example.org/a.png>",
    "missing-style": "<!doctype html><title>x</title><link rel=stylesheet href=/none.css>",
    "inline-style": "<!doctype html><title>x</title><p style='color:red'>x",
    "unlabelled": "<!doctype html><html lang=en><title>x</title><main><h1>x</h1><input></main>",
}


@pytest.fixture
def faulty_site() -> Iterator[LiveServer]:
    app = Flask("faulty")

    @app.get("/<name>")
    def show(name: str) -> tuple[str, int, dict[str, str]]:
        policy = "style-src 'self'" if name == "inline-style" else "img-src *"
        return (
            PAGES.get(name, "no"),
            200 if name in PAGES else 404,
            {"Content-Security-Policy": policy},
        )

    @app.get("/broken")
    def fail() -> tuple[str, int]:
        return "broken", 500

    listening: socket.socket = listen()
    with LiveServer(app, listening) as server:
        yield server


def problems(browser: Browser, site: LiveServer, name: str) -> list[str]:
    witness = Witness(site.url)
    context = browser.new_context(base_url=site.url)
    witness.watch(context)
    page = context.new_page()
    page.goto(f"/{name}", wait_until="load")
    context.close()
    return witness.problems


@pytest.mark.parametrize("name", ["good", "not-there"])
def test_watching_a_page_that_answers_in_order_finds_nothing(
    browser: Browser, faulty_site: LiveServer, name: str
) -> None:
    assert problems(browser, faulty_site, name) == []


@pytest.mark.parametrize(
    ("name", "beginning"),
    [
        ("script-error", "script: "),
        ("foreign", "a request to a foreign host: https://example.org/a.png"),
        ("missing-style", "status 404: "),
        ("inline-style", "console: "),
        ("broken", "status 500: "),
    ],
)
def test_watching_a_faulty_page_names_the_fault(
    browser: Browser, faulty_site: LiveServer, name: str, beginning: str
) -> None:
    assert problems(browser, faulty_site, name)[0].startswith(beginning)


def test_checking_accessibility_names_a_field_without_label(
    browser: Browser, faulty_site: LiveServer
) -> None:
    page = browser.new_page(base_url=faulty_site.url)
    page.goto("/good")
    assert accessibility_problems(page) == []
    page.goto("/unlabelled")
    assert [found.split(":")[0] for found in accessibility_problems(page)] == ["label"]
    page.close()
