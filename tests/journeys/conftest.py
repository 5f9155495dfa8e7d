"""A live server and a browser that notices what goes wrong."""

from __future__ import annotations

import dataclasses
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from competition.settings import Settings
from scripts.system_needs import find_chromium, is_ci
from tests.support.server import LiveServer, address, listen
from tests.support.settings import settings_for
from tests.support.witness import Witness

CHROMIUM_ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)
WAIT = 10_000  # milliseconds before a journey gives up on an element
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


LONGEST = tuple(f"tests/journeys/test_{name}.py" for name in ("main_job", "wheel", "assignment"))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whole stories first: a run must not end with one worker waiting for the longest."""
    items.sort(key=_turn)


def _turn(item: pytest.Item) -> int:
    known = (turn for turn, file in enumerate(LONGEST) if item.nodeid.startswith(file))
    return next(known, len(LONGEST))


class NewPage(Protocol):
    """Opens a page of somebody's own: separate cookies, a window of that width, a language."""

    def __call__(
        self, *, width: int = 1280, locale: str = "en-GB", scripts: bool = True, dark: bool = False
    ) -> Page: ...


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The system's Chromium, one for all journeys of a worker."""
    program = find_chromium()
    if program is None:
        if is_ci():
            pytest.fail("Chromium was not found: make system")
        pytest.skip("Chromium was not found: make system")
    with sync_playwright() as playwright:
        made = playwright.chromium.launch(executable_path=program, args=list(CHROMIUM_ARGUMENTS))
        yield made
        made.close()


@pytest.fixture
def listening() -> Iterator[socket.socket]:
    """The port of this journey's server."""
    with listen() as made:
        yield made


@pytest.fixture
def settings(database_url: str, tmp_path: Path, listening: socket.socket) -> Settings:
    """As for every test, with the address under which the browser finds the server."""
    usual = settings_for(database_url, tmp_path / "data")
    return dataclasses.replace(usual, public_url=address(listening))


@pytest.fixture
def site(app: Flask, listening: socket.socket) -> Iterator[LiveServer]:
    """The application, served over HTTP until the journey ends."""
    with LiveServer(app, listening) as server:
        yield server


@pytest.fixture
def new_page(browser: Browser, site: LiveServer) -> Iterator[NewPage]:
    """Makes pages; afterwards nothing may have gone wrong in any of them."""
    witness = Witness(site.url)
    contexts: list[BrowserContext] = []

    def make(
        *, width: int = 1280, locale: str = "en-GB", scripts: bool = True, dark: bool = False
    ) -> Page:
        is_phone = width < 600
        context = browser.new_context(
            base_url=site.url,
            viewport={"width": width, "height": 844 if is_phone else 900},
            is_mobile=is_phone,
            has_touch=is_phone,
            locale=locale,
            timezone_id="Asia/Shanghai",
            java_script_enabled=scripts,
            color_scheme="dark" if dark else "light",
        )
        context.set_default_timeout(WAIT)
        witness.watch(context)
        contexts.append(context)
        return context.new_page()

    yield make
    for context in contexts:
        context.close()
    assert witness.problems == []


@pytest.fixture
def page(new_page: NewPage) -> Page:
    """A page in English on a wide screen, for a journey with one person."""
    return new_page()


def accessibility_problems(page: Page) -> list[str]:
    """What axe-core finds on the page as it stands: WCAG 2.2 A and AA, and good practice."""
    found = Axe().run(page, options={"runOnly": WCAG, "resultTypes": ["violations"]})
    return [
        f"{violation['id']}: {violation['help']}: {node['target']} {node.get('failureSummary')}"
        for violation in found.response["violations"]
        for node in violation["nodes"]
    ]


class AssertAccessible(Protocol):
    def __call__(self, page: Page) -> None: ...


@pytest.fixture
def assert_accessible() -> AssertAccessible:
    """Fails with every violation on the page."""

    def check(page: Page) -> None:
        assert accessibility_problems(page) == []

    return check
