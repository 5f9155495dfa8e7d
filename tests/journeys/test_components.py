"""The components in a real browser: accessible, within the window, and helped by their scripts."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask, Response, jsonify, request
from playwright.sync_api import Dialog, Page, Route, expect

from tests.journeys.conftest import NewPage, accessibility_problems
from tests.web.gallery import make_gallery

PAGES = ["/", "/form", "/score", "/board?rows=12", "/preferences", "/errors/404"]


@pytest.fixture
def app(tmp_path: Path) -> Flask:
    """The gallery instead of the application, with a place that keeps drafts."""
    made = make_gallery(tmp_path)
    made.config["DRAFTS"] = []

    @made.post("/score")
    def keep_draft() -> Response:
        made.config["DRAFTS"].append(request.form.to_dict())
        return jsonify(
            saved="2026-11-22T14:40:00+00:00", revision=int(request.form["revision"]) + 1
        )

    return made


@pytest.fixture
def database_url() -> str:
    """The gallery has no database; the address is only there for the settings."""
    return "sqlite://"


def drafts(app: Flask) -> list[dict[str, str]]:
    kept: list[dict[str, str]] = app.config["DRAFTS"]
    return kept


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize(
    ("width", "dark"), [(390, True), (1280, False)], ids=["phone in the dark", "desk by daylight"]
)
def test_opening_a_page_finds_it_accessible_and_no_wider_than_the_window(
    new_page: NewPage, path: str, width: int, dark: bool
) -> None:
    page = new_page(width=width, dark=dark)
    page.goto(path)
    assert page.evaluate("document.documentElement.scrollWidth") == width
    assert accessibility_problems(page) == []


def test_printing_the_board_names_its_track_and_leaves_the_search_out(page: Page) -> None:
    page.goto("/board")
    page.emulate_media(media="print")
    expect(page.get_by_role("link", name="Learning and teaching")).to_be_visible()
    expect(page.get_by_role("link", name="Health and care")).to_be_hidden()
    expect(page.get_by_role("searchbox")).to_be_hidden()


def test_submitting_wrong_answers_moves_the_focus_to_the_summary_and_on(page: Page) -> None:
    page.goto("/form")
    page.get_by_role("button", name="Save and continue").click()
    expect(page.get_by_role("alert")).to_be_focused()
    page.get_by_role("link", name="Members: This field is required.").click()
    expect(page.get_by_label("Members")).to_be_focused()


def test_uploading_a_file_shows_progress_and_then_the_answer_in_place(page: Page) -> None:
    page.goto("/form")
    page.evaluate("window.same = true")
    page.evaluate(
        """() => new MutationObserver(() => { window.said = document
             .querySelector("[data-progress]")?.textContent || window.said; })
             .observe(document.body, { subtree: true, childList: true })"""
    )
    page.get_by_label("Report").set_input_files(
        {"name": "Report.pdf", "mimeType": "application/pdf", "buffer": b"x" * 700_000}
    )
    page.get_by_role("button", name="Save and continue").click()
    summary = page.get_by_role("alert")
    expect(summary).to_be_focused()
    expect(summary).to_contain_text("Report of 700000 bytes is not a PDF")
    assert page.evaluate("window.same") is True
    assert page.evaluate("window.said") in {
        "Everything has arrived and is being checked",
        "Report.pdf: 100 %, 0.7\u00a0MB of 0.7\u00a0MB",
    }


def test_breaking_off_an_upload_says_so_and_lets_it_be_sent_again(page: Page) -> None:
    page.goto("/form")
    page.route("**/form", lambda route: route.abort())
    page.get_by_label("Report").set_input_files(
        {"name": "Report.pdf", "mimeType": "application/pdf", "buffer": b"x"}
    )
    button = page.get_by_role("button", name="Save and continue")
    button.click()
    expect(page.get_by_text("The upload broke off and nothing was kept.")).to_be_visible()
    expect(button).to_be_enabled()


@pytest.mark.parametrize("changed", [True, False])
def test_leaving_a_form_asks_only_when_something_was_changed(page: Page, changed: bool) -> None:
    page.goto("/form")
    asked: list[str] = []

    def leave(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.accept()

    page.on("dialog", leave)
    if changed:
        page.get_by_label("Members").fill("4")
    page.goto("/board")
    assert asked == (["beforeunload"] if changed else [])


def test_opening_the_menu_on_a_phone_shows_the_ways_and_the_way_out(new_page: NewPage) -> None:
    page = new_page(width=390, scripts=False)
    page.goto("/")
    way_out = page.get_by_role("button", name="Sign out")
    expect(way_out).to_be_hidden()
    page.locator("summary", has_text="Menu").click()
    expect(way_out).to_be_visible()
    expect(page.get_by_role("navigation", name="Menu").get_by_role("link")).to_have_count(7)


def test_scoring_by_keys_counts_the_total_exactly_and_saves(page: Page, app: Flask) -> None:
    page.goto("/score")
    page.locator("#rating-1-8").focus()
    page.keyboard.press("7")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("0")
    expect(page.locator("[data-total]")).to_have_text("44.00")
    page.keyboard.press("ArrowDown")
    page.keyboard.type("0.25")
    expect(page.locator("[data-total]")).to_have_text("45.25")
    expect(page.locator("[data-done]")).to_have_text("3 of 3 criteria")
    expect(page.locator("[data-state]")).to_have_text("Saved 14:40:00")
    kept = drafts(app)[-1]
    shown = {name: kept[name] for name in ("rating-1", "rating-2", "rating-3")}
    assert shown == {"rating-1": "7", "rating-2": "10", "rating-3": "0.25"}
    assert drafts(app)[0]["revision"] == "3"


def test_choosing_an_extreme_asks_for_the_reason(page: Page) -> None:
    page.goto("/score")
    reason = page.locator("#reason-1")
    expect(reason).to_be_hidden()
    page.locator("label[for=rating-1-10]").click()
    expect(reason).to_be_visible()
    page.locator("label[for=rating-1-6]").click()
    expect(reason).to_be_hidden()


def test_losing_the_network_keeps_what_was_typed_over_a_reload(page: Page, app: Flask) -> None:
    page.goto("/score")

    def refuse(route: Route) -> None:
        if route.request.method == "POST":
            route.abort()
        else:
            route.fallback()

    page.route("**/score", refuse)
    page.locator("label[for=rating-1-3]").click()
    page.get_by_label("Comment for the team").fill("Keep the offline mode.")
    state = page.locator("[data-state]")
    expect(state).to_contain_text("Changes kept on this device: 2")
    assert drafts(app) == []
    page.reload()
    expect(page.locator("#rating-1-3")).to_be_checked()
    expect(page.get_by_label("Comment for the team")).to_have_value("Keep the offline mode.")
    page.unroute("**/score")
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(state).to_have_text("Saved 14:40:00")
    assert drafts(app)[-1]["comment"] == "Keep the offline mode."
    assert page.evaluate("localStorage.length") == 0


def test_scoring_without_scripts_shows_every_level_and_reason(new_page: NewPage) -> None:
    page = new_page(width=390, scripts=False)
    page.goto("/score")
    expect(page.get_by_text("No problem stated")).to_be_visible()
    expect(page.locator("#reason-1")).to_be_visible()
    expect(page.locator("#entry")).to_be_visible()
    expect(page.get_by_role("button", name="What every level means")).to_have_count(0)


def test_opening_the_score_form_on_a_phone_shows_one_pane_at_a_time(new_page: NewPage) -> None:
    page = new_page(width=390)
    page.goto("/score")
    expect(page.locator("#entry")).to_be_hidden()
    expect(page.get_by_text("No problem stated")).to_be_hidden()
    page.get_by_role("button", name="What every level means").first.click()
    expect(page.get_by_text("No problem stated")).to_be_visible()
    page.locator(".bench-tabs").get_by_role("link", name="Entry").click()
    expect(page.locator("#entry")).to_be_visible()
    expect(page.locator("#rubric")).to_be_hidden()


def test_counting_down_uses_the_servers_clock(page: Page) -> None:
    page.clock.install(time=datetime(2031, 1, 1, tzinfo=UTC))
    page.goto("/")
    timer = page.get_by_role("timer")
    expect(timer).to_have_text(re.compile(r"^(03:00:00|02:59:\d\d)$"))
    page.clock.fast_forward("01:00:00")
    expect(timer).to_have_text(re.compile(r"^(02:00:00|01:59:\d\d)$"))
    page.clock.fast_forward("02:00:01")
    expect(timer).to_have_text("The time is up")


def test_choosing_a_theme_and_a_language_needs_no_script(new_page: NewPage) -> None:
    page = new_page(scripts=False)
    page.goto("/form?a=1")
    page.get_by_role("button", name="Dark").click()
    assert page.url.endswith("/form?a=1")
    assert page.locator("html").get_attribute("data-bs-theme") == "dark"
    page.get_by_role("button", name="中文").click()
    assert page.locator("html").get_attribute("lang") == "zh-Hans"


def test_following_the_device_paints_the_same_dark(new_page: NewPage) -> None:
    def painted(page: Page) -> str:
        page.goto("/")
        return str(page.evaluate("getComputedStyle(document.body).backgroundColor"))

    followed, chosen = new_page(dark=True), new_page()
    chosen.context.add_cookies([{"name": "theme", "value": "dark", "url": _home(chosen)}])
    assert painted(followed) == painted(chosen) == "rgb(16, 20, 23)"


def _home(page: Page) -> str:
    page.goto("/")
    return page.url
