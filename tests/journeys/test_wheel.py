"""A stranger installs the wheel where nothing else of the project is, and opens it in a browser."""

from __future__ import annotations

import re
import signal
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import NewPage
from tests.support.wheels import Installed, build_wheel
from tests.support.words import Words

STOP_SECONDS = 60
COMPETITION = "/c/aiac-2026"
LINK = re.compile(r"^ +(\w+) +(http\S+/link/\S+)$", re.MULTILINE)
PAPER = """() => {
  const probe = document.createElement("i");
  probe.style.color = "var(--paper)";
  document.body.append(probe);
  const paper = getComputedStyle(probe).color;
  probe.remove();
  return [getComputedStyle(document.body).backgroundColor, paper];
}"""
"""The ground of the page, and the colour that the tokens give it."""
EMPTY_SHEETS = "[...document.styleSheets].filter(sheet => !sheet.cssRules.length).map(s => s.href)"
REFUSED = """performance.getEntriesByType("resource").filter(file => file.responseStatus !== 200)
  .map(file => `${file.responseStatus} ${file.name}`)"""


@pytest.fixture
def site(tmp_path: Path) -> Installed:
    """The installed wheel; the pages of this journey are opened at its address."""
    return Installed.from_wheel(build_wheel(tmp_path / "dist"), tmp_path)


def test_installing_the_wheel_elsewhere_gives_the_demo_to_readers_and_judges(
    site: Installed, new_page: NewPage
) -> None:
    where = site.run("python", "-c", "import competition; print(competition.__file__)")
    assert Path(where.strip()).parent == site.package
    site.run("competition", "migrate")
    links = dict(LINK.findall(site.run("competition", "demo")))
    with site.serving() as server:
        for locale, language in (("en-GB", "en"), ("zh-CN", "zh-Hans")):
            page = new_page(locale=locale)
            read(page, Words(locale))
            expect(page.locator("html")).to_have_attribute("lang", language)
        get_every_file(page, site)
        assert "ok" in page.request.get("/healthz").text()
        oversee(new_page(locale="zh-CN"), Words("zh-CN"), links["organizer"])
        judge(new_page(), links["judge"])
        server.send_signal(signal.SIGINT)
        assert server.wait(STOP_SECONDS) == 0


def read(page: Page, words: Words) -> None:
    """From the front page to the ranking, drawn as it is meant to be."""
    page.goto("/")
    page.locator(f"main a[href='{COMPETITION}']").click()
    page.locator(f"main a[href='{COMPETITION}/results/1']").first.click()
    expect(page.get_by_role("heading", name=words("How this was computed"))).to_be_visible()
    expect(page.locator("main table").first.locator("tbody tr").nth(9)).to_be_visible()
    is_dressed(page)


def is_dressed(page: Page) -> None:
    """Style sheets have come and are applied, and nothing that the page names is missing."""
    page.wait_for_load_state("load")
    assert page.locator("link[rel=stylesheet]").count() >= 3
    assert page.evaluate(EMPTY_SHEETS) == []
    ground, paper = page.evaluate(PAPER)
    assert ground == paper
    assert page.evaluate(REFUSED) == []
    mark = page.locator(".mast-mark").bounding_box()
    assert mark is not None
    assert 16 <= mark["width"] == mark["height"] <= 48  # without its style it fills the window


def get_every_file(page: Page, site: Installed) -> None:
    """Each static file is served as it lies in the installed package."""
    folder = site.package / "static"
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert {path.suffix for path in files} >= {".css", ".js", ".svg"}
    for path in files:
        answer = page.request.get(f"/static/{path.relative_to(folder).as_posix()}")
        assert (path.name, answer.status) == (path.name, 200)
        assert answer.body() == path.read_bytes()


def sign_in(page: Page, link: str) -> None:
    page.goto(link)
    page.locator("main button").click()
    page.wait_for_url("**/")


def oversee(page: Page, words: Words, link: str) -> None:
    """The organizer sees how far the judging is."""
    sign_in(page, link)
    page.goto(f"{COMPETITION}/manage")
    page.locator("header").get_by_role("link", name=words("Scoring")).first.click()
    expect(page.locator("main table").first).to_be_visible()
    is_dressed(page)


def judge(page: Page, link: str) -> None:
    """The judge opens the next entry; what is typed is saved by the page's scripts."""
    sign_in(page, link)
    page.goto(f"{COMPETITION}/judging")
    page.locator("main").get_by_role("link", name="Continue with").click()
    is_dressed(page)
    page.fill("#comment", "Opened from the wheel.")
    expect(page.locator("[data-state]")).to_contain_text("Saved")
    page.reload()
    expect(page.locator("#comment")).to_have_value("Opened from the wheel.")
