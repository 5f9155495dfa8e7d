"""The organizer's story: from the lists of judges to panels, and through a judge's leaving."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from competition.models import Account, Assignment, Judge, LocalText, Round, Rubric
from competition.services.people import issue_link
from competition.vocabulary import CompetitionState, RoundState
from tests.journeys.conftest import NewPage
from tests.journeys.test_main_job import PHONE, Story, fill, local
from tests.support.builders import (
    actor_for,
    make_competition,
    make_entry,
    make_judge,
    make_organizer,
    make_round,
    make_rubric,
    make_team,
    seat,
)
from tests.support.scorecards import fill_scorecard
from tests.support.words import Words

MANAGE = "/c/aiac-2026/manage"
ROUND = "/c/aiac-2026/rounds/1"
JUDGES = """name,email,organization,kind,expertise,max_entries
Lin,lin@firm.example,Firm,industry,robots,6
Shen,shen@works.example,Works,industry,,6
Wei,wei@school.example,School 1,school,farming,6
Tan,tan@school.example,School 9,school,,6
Luo,luo@school.example,School 8,school,,6
"""
CONFLICTS = """judge,team,reason
lin@firm.example,Team 2,Former colleague of the captain
"""


class Stage:
    """A round that is being screened, with six entries, its rubric and its organizer."""

    def __init__(self, session: Session) -> None:
        self.session = session
        competition = make_competition(session, state=CompetitionState.JUDGING)
        self.of: Round = make_round(
            session,
            competition,
            state=RoundState.ASSIGNING,
            judges_per_entry=2,
            judging_closes_at=datetime.now(UTC) + timedelta(days=5),
        )
        self.rubric: Rubric = make_rubric(session, self.of)
        for number in range(1, 7):
            team = make_team(session, competition, f"Team {number}", f"School {number}")
            title = LocalText(en=f"Robots {number}", zh=f"机器人 {number}")
            make_entry(session, self.of, team, title=title)
        self.competition = competition
        self.organizer = make_organizer(session, competition)
        session.commit()

    def link(self, account: Account) -> str:
        now = datetime.now(UTC)
        token = issue_link(
            self.session,
            actor=actor_for(self.session, self.organizer),
            account=account,
            now=now,
            lifetime=timedelta(days=1),
        )
        self.session.commit()
        return f"/link/{token}"

    def judge(self, email: str) -> Judge:
        found = self.session.scalars(
            select(Judge).join(Judge.account).where(Account.email == email)
        )
        return found.one()


@pytest.fixture
def stage(session: Session) -> Stage:
    return Stage(session)


@pytest.fixture(params=["en-GB", "zh-CN"])
def story(request: pytest.FixtureRequest, new_page: NewPage) -> Story:
    return Story(Words(request.param), new_page, request.param)


def bring_in(story: Story, page: Page, kind: str, text: str) -> None:
    page.goto(f"{MANAGE}/import/{kind}?round=1")
    file = {"name": f"{kind}.csv", "mimeType": "text/csv", "buffer": text.encode()}
    page.locator("input[type=file]").set_input_files(file)  # type: ignore[arg-type]
    story.press(page, "Check the file")
    story.press(page, "Bring all of it in")


def test_assigning_from_lists_to_reminders(story: Story, stage: Stage) -> None:
    page = story.opens_link(stage.link(stage.organizer))
    bring_in(story, page, "judges", JUDGES)
    bring_in(story, page, "conflicts", CONFLICTS)
    decide(story, page)
    ask_for_bids(story, page)
    bid(story, story.opens_link(stage.link(stage.judge("shen@works.example").account), PHONE))
    propose_and_lock(story, page)
    page.goto(MANAGE)
    story.press(page, "Start judging")
    score_once(stage)
    lose_a_judge(story, stage, page)
    remind(story, page)


def decide(story: Story, page: Page) -> None:
    """The school judge's own school was found; the organizer confirms it."""
    page.goto(f"{MANAGE}/conflicts")
    story.is_accessible(page)
    expect(page.get_by_text("Former colleague of the captain")).to_be_visible()
    story.press(page, "Confirm the conflict of %(judge)s with %(team)s", judge="Wei", team="Team 1")
    story.says_done(page, "The conflict is confirmed.")


def ask_for_bids(story: Story, page: Page) -> None:
    page.goto(f"{ROUND}/assignment")
    fill(page, bids_close_at=local(2))
    story.press(page, "Ask for bids")
    story.says_done(page, "Judges on the panel may bid now.")


def bid(story: Story, page: Page) -> None:
    """A judge on a phone wants one entry, and must not judge another."""
    page.goto("/c/aiac-2026/judging")
    story.follow(page, "Your bids")
    story.is_accessible(page)
    expect(page.locator("main")).not_to_contain_text("School")
    choose(page, "E-001", "want")
    choose(page, "E-003", "must_not")
    story.press(page, "Save my bids")
    expect(page.locator(".err-summary")).to_be_visible()
    bid_of(page, "E-003").locator("textarea").fill("My niece is in it")
    story.press(page, "Save my bids")
    expect(page.locator("fieldset.bid")).to_have_count(5)
    story.says(
        page,
        "You said that you must not judge %(entries)s. The organizers decide; until then you do "
        "not get them.",
        entries="E-003",
    )


def bid_of(page: Page, number: str) -> Page:
    return page.locator("fieldset.bid").filter(has_text=number)  # type: ignore[return-value]


def choose(page: Page, number: str, choice: str) -> None:
    bid_of(page, number).locator(f"input[value={choice}]").check()


def propose_and_lock(story: Story, page: Page) -> None:
    """Propose, read the report, lock two pairs, propose again: both stay; publish."""
    page.goto(f"{ROUND}/assignment")
    story.press(page, "Propose a plan")
    story.says(page, "One panel: every entry can be compared with every other.")
    story.is_accessible(page)
    locked = [lock_first(story, page, 1, number) for number in ("E-001", "E-002")]
    page.goto(f"{ROUND}/assignment")
    fill(page, seed="99")
    story.press(page, "Propose again")
    expect(page.locator(".matrix td.k")).to_have_count(2)
    for number, name in zip(("E-001", "E-002"), locked, strict=True):
        page.goto(f"{ROUND}/assignment/plans/2/entries/{number}")
        expect(page.locator("tbody tr").filter(has_text=name).first).to_contain_text(
            story.words("Kept by hand")
        )
    page.goto(f"{ROUND}/assignment")
    story.press(page, "Publish plan %(number)s", number=2)
    expect(page.locator("[role=status]").first).to_contain_text("12")


def lock_first(story: Story, page: Page, plan: int, number: str) -> str:
    """Lock the first judge of an entry; the judge's name."""
    page.goto(f"{ROUND}/assignment/plans/{plan}/entries/{number}")
    row = page.locator("section").first.locator("tbody tr").first
    name = str(row.locator("th").inner_text())
    row.get_by_role("button", name=re.compile(story.words("Lock %(name)s", name=""))).click()
    story.says_done(page, "The plan is changed.")
    return name


def score_once(stage: Stage) -> None:
    """One judge has begun: whatever comes, that work stays."""
    stage.session.rollback()
    assignment = stage.session.scalars(select(Assignment).order_by(Assignment.id)).first()
    assert assignment is not None
    fill_scorecard(stage.session, assignment, stage.rubric, (7, 8))
    stage.session.commit()


def lose_a_judge(story: Story, stage: Stage, page: Page) -> None:
    """Somebody drops out; of two ways to go on the one with the fewest changes is published."""
    before = pairs(stage)
    gone = stage.judge("tan@school.example")
    gone_id, number = gone.id, gone.number
    stage.session.rollback()  # the pages need the database
    page.goto(f"{MANAGE}/judges/{number}")
    story.follow(page, "Drops out")
    fill(page, reason="Ill")
    story.press(page, "Take this judge off the panel")
    story.press(page, "Work out the changes")
    story.says(page, "Two ways to go on")
    story.is_accessible(page)
    story.press(page, "Publish plan %(number)s", number=3)
    expect(page.locator("[role=status]").first).to_contain_text("3")
    after = pairs(stage)
    lost = {pair for pair in before if pair[1] == gone_id}
    kept = {pair for pair in lost if pair in after}  # submitted: it counts
    assert before - after == lost - kept
    assert len(after) == len(before)


def pairs(stage: Stage) -> set[tuple[int, int]]:
    stage.session.rollback()
    rows = stage.session.execute(select(Assignment.entry_id, Assignment.judge_id))
    found = {(entry, judge) for entry, judge in rows}
    stage.session.rollback()
    return found


def remind(story: Story, page: Page) -> None:
    page.goto(f"{ROUND}/scoring")
    story.follow(page, "Remind judges")
    story.is_accessible(page)
    page.locator("main form button.btn-primary").click()
    story.says(page, "No mail server is set")
    story.is_accessible(page)
    expect(page.locator("details.letter")).to_have_count(4)
    page.locator("details.letter summary").first.click()
    expect(page.locator("details.letter textarea").first).to_have_value(
        re.compile("/c/aiac-2026/judging")
    )


def test_an_impossible_wish_is_explained_and_repaired_by_one_click(
    story: Story, stage: Stage
) -> None:
    session = stage.session
    for number in range(3):
        judge = make_judge(session, stage.competition, f"Judge {number}", max_entries=3)
        seat(session, stage.of, judge)
    session.commit()
    page = story.opens_link(stage.link(stage.organizer))
    page.goto(f"{ROUND}/assignment")
    story.press(page, "Propose a plan")
    notice = page.locator(".notice-bad")
    expect(notice).to_contain_text(re.compile("12|6"))
    expect(notice.locator(".choice")).not_to_have_count(0)
    story.is_accessible(page)
    story.press(page, "Do this")
    expect(page.locator(".notice-bad")).to_have_count(0)
    story.says(page, "One panel: every entry can be compared with every other.")
    session.rollback()
    limits = session.scalars(select(Judge.max_entries)).all()
    assert sum(limit or 0 for limit in limits) >= 12
