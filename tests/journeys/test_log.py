"""The log on a phone: its values are as long as they are, the page is not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy.orm import Session

from competition.policies import SYSTEM
from competition.services import people
from competition.services.record import audit
from tests.journeys.conftest import NewPage
from tests.support.builders import make_competition, make_organizer

PHONE = 390


def test_reading_long_values_on_a_phone_keeps_within_the_window(
    new_page: NewPage, session: Session
) -> None:
    competition = make_competition(session)
    now = datetime.now(UTC)
    audit(
        session,
        actor=SYSTEM,
        action="submit_entry",
        now=now,
        thing=competition,
        name="E-001",
        competition_id=competition.id,
        after={"digest": "0a8053c9" * 8, "repository_url": "https://git.example/" + "x" * 200},
    )
    token = people.issue_link(
        session,
        actor=SYSTEM,
        account=make_organizer(session, competition),
        now=now,
        lifetime=timedelta(days=1),
    )
    session.commit()
    page = new_page(width=PHONE)
    page.goto(f"/link/{token}")
    page.locator("main button").click()
    page.wait_for_url("**/")
    page.goto("/c/aiac-2026/manage/log")
    assert "0a8053c9 0a8053c9" in page.locator("main table").inner_text()
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE
