"""A personal link, from the page that shows it once to the message it is pasted into."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from competition.policies import SYSTEM
from competition.services import people
from tests.support.builders import make_competition, make_judge, make_organizer


def test_copying_a_personal_link_puts_it_on_the_clipboard(page: Page, session: Session) -> None:
    competition = make_competition(session)
    make_judge(session, competition, "Chen Li")
    token = people.issue_link(
        session,
        actor=SYSTEM,
        account=make_organizer(session, competition),
        now=datetime.now(UTC),
        lifetime=timedelta(days=1),
    )
    session.commit()
    page.goto(f"/link/{token}")
    page.locator("main button").click()
    page.wait_for_url("**/")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto("/c/aiac-2026/manage/judges/1")
    page.get_by_role("button", name="Make a personal link").click()
    link = page.get_by_label("Link", exact=True).input_value()
    assert "/link/" in link
    page.get_by_role("button", name="Copy the link").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == link
