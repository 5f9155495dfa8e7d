"""The score form in a browser: saved while typing, never lost, two windows told apart."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from competition.models import Scorecard
from competition.policies import SYSTEM
from competition.services import people
from tests.journeys.conftest import AssertAccessible, NewPage
from tests.support.judging import make_judging


@dataclass
class Work:
    """What a judge needs; plain values, so that no transaction of the test stays open."""

    link: str
    url: str
    first: int
    second: int


@pytest.fixture
def work(session: Session) -> Work:
    judging = make_judging(session)
    judging.rubric.criteria[0].is_reason_required = True
    token = people.issue_link(
        session,
        actor=SYSTEM,
        account=judging.judges[0].account,
        now=datetime.now(UTC),
        lifetime=timedelta(hours=1),
    )
    first, second = (criterion.id for criterion in judging.rubric.criteria)
    made = Work(f"/link/{token}", f"/assignments/{judging.assignment().id}", first, second)
    session.commit()
    return made


def enter(page: Page, link: str) -> BrowserContext:
    page.goto(link)
    page.locator("main button").click()
    page.wait_for_url("**/")
    return page.context


def comment_of(session: Session) -> str | None:
    found = session.scalar(select(Scorecard.comment))
    session.rollback()
    return found


def test_typing_saves_by_itself_and_counts_the_total(
    page: Page, session: Session, work: Work, assert_accessible: AssertAccessible
) -> None:
    enter(page, work.link)
    page.goto(work.url)
    page.locator(f"label[for='rating-{work.first}-8']").click()
    page.locator(f"label[for='rating-{work.second}-6']").click()
    page.fill("#comment", "Keep the demonstration.")
    expect(page.locator("[data-total]")).to_have_text("72.00")
    expect(page.locator("[data-state]")).to_contain_text("Saved")
    expect(page.locator("input[name=revision]")).not_to_have_value("0")
    assert_accessible(page)
    page.reload()
    expect(page.locator("#comment")).to_have_value("Keep the demonstration.")
    assert comment_of(session) == "Keep the demonstration."


def test_losing_the_network_keeps_what_is_typed_until_it_is_back(
    page: Page, session: Session, work: Work
) -> None:
    context = enter(page, work.link)
    page.goto(work.url)
    context.set_offline(True)
    page.fill("#comment", "Typed in the train.")
    expect(page.locator("[data-state]")).to_contain_text("kept on this device")
    context.set_offline(False)
    expect(page.locator("[data-state]")).to_contain_text("Saved", timeout=20_000)
    assert comment_of(session) == "Typed in the train."


def test_typing_in_two_windows_overwrites_nothing_and_shows_both(
    page: Page, session: Session, work: Work
) -> None:
    context = enter(page, work.link)
    page.goto(work.url)
    other = context.new_page()
    other.goto(work.url)
    other.fill("#comment", "From the other window.")
    expect(other.locator("[data-state]")).to_contain_text("Saved")
    page.fill("#note", "From this window.")
    expect(page.locator("[data-state]")).to_contain_text("another window")
    page.get_by_role("button", name="Save and next").click()
    expect(page.get_by_role("alert")).to_contain_text("From the other window.")
    expect(page.locator("#note")).to_have_value("From this window.")
    assert comment_of(session) == "From the other window."
    page.get_by_role("link", name="Take what was saved").click()
    expect(page.locator("#comment")).to_have_value("From the other window.")
    expect(page.locator("#note")).to_have_value("")


def test_choosing_an_extreme_shows_the_reason_that_is_then_required(
    new_page: NewPage, work: Work, assert_accessible: AssertAccessible
) -> None:
    page = new_page(width=390)
    enter(page, work.link)
    page.goto(work.url)
    reason = page.locator(f"#reason-{work.first}")
    expect(reason).to_be_hidden()
    page.locator(f"label[for='rating-{work.first}-10']").tap()
    expect(reason).to_be_visible()
    page.locator(f"label[for='rating-{work.second}-6']").tap()
    page.get_by_role("button", name="Check and submit").tap()
    page.get_by_role("link", name="Criterion 1 is 10").tap()
    page.fill(f"#reason-{work.first}", "It runs in three schools.")
    page.get_by_role("button", name="Check and submit").tap()
    expect(page.get_by_role("button", name="Submit and lock")).to_be_visible()
    assert_accessible(page)
    page.get_by_role("button", name="Submit and lock").tap()
    expect(page.locator("main")).to_contain_text("1 of 2 are in.")
    assert_accessible(page)
