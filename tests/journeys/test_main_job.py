"""The main job: from an empty database to a published ranking, told in both languages."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import xlsxwriter
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from competition.policies import SYSTEM
from competition.services import people
from tests.journeys.conftest import NewPage, accessibility_problems
from tests.support.words import Words

SHANGHAI = ZoneInfo("Asia/Shanghai")
SLUG = "robots-2026"
TEAMS = ("Alpha", "Beta", "Gamma", "Delta")
MARKS = {"Alpha": 9, "Beta": 7, "Gamma": 7, "Delta": 3}
"""What every judge gives, before being strict or mild."""
STRICT = {"Lin": 1, "Shen": 0, "Wei": -1}
PHONE = 390


def local(days: int) -> str:
    """A moment as organizers type it."""
    return f"{datetime.now(SHANGHAI) + timedelta(days=days):%Y-%m-%d} 24:00"


class Story:
    """The people of the journey, and what they do."""

    def __init__(self, words: Words, new_page: NewPage, locale: str) -> None:
        self.words = words
        self._new_page = new_page
        self._locale = locale

    def sits_down(self, width: int = 1280) -> Page:
        return self._new_page(width=width, locale=self._locale)

    def press(self, page: Page, message: str, **facts: object) -> None:
        """Press the button of that name in the page's body."""
        page.locator("main").get_by_role("button", name=self.words(message, **facts)).first.click()

    def confirm(self, page: Page) -> None:
        """Say yes to what the page asks about before it does it."""
        asking = page.locator("main form:has(input[name=sure])")
        expect(asking).to_be_visible()
        self.is_accessible(page)
        asking.get_by_role("button").click()

    def follow(self, page: Page, message: str, **facts: object) -> None:
        page.locator("main").get_by_role("link", name=self.words(message, **facts)).first.click()

    def says_done(self, page: Page, message: str) -> None:
        expect(page.locator("[role=status]").first).to_contain_text(self.words(message))

    def is_accessible(self, page: Page) -> None:
        """Looked at in one language: the markup is the same in the other."""
        if self._locale.startswith("en"):
            assert accessibility_problems(page) == []

    def says(self, page: Page, message: str, **facts: object) -> None:
        expect(page.locator("main")).to_contain_text(self.words(message, **facts))

    def opens_link(self, link: str, width: int = 1280) -> Page:
        """Somebody opens a personal link, and is signed in."""
        page = self.sits_down(width)
        page.goto(re.sub(r"^https?://[^/]+", "", link))
        self.press(page, "Sign in on this device")
        return page


def fill(page: Page, **fields: str) -> None:
    for name, value in fields.items():
        page.locator(f"main [name='{name.replace('__', '-')}']").fill(value)


def judges_workbook() -> bytes:
    data = BytesIO()
    book = xlsxwriter.Workbook(data, {"in_memory": True})
    sheet = book.add_worksheet()
    rows = [("姓名", "邮箱", "单位", "类别")]
    rows += [(name, f"{name.lower()}@firm.example", "Firm", "企业") for name in STRICT]
    for number, row in enumerate(rows):
        sheet.write_row(number, 0, row)
    book.close()
    return data.getvalue()


def report(tmp_path: Path) -> Path:
    path = tmp_path / "report.md"
    path.write_text("# What we built\n\nIt helps.\n", encoding="utf-8")
    return path


@pytest.fixture(params=["en-GB", "zh-CN"])
def story(request: pytest.FixtureRequest, new_page: NewPage) -> Story:
    return Story(Words(request.param), new_page, request.param)


@pytest.fixture
def operator_link(session: Session) -> str:
    now = datetime.now(UTC)
    account = people.find_or_create_account(
        session, actor=SYSTEM, email="operator@school.example", name="Zhou Min", now=now
    )
    people.make_operator(session, actor=SYSTEM, account=account, now=now)
    token = people.issue_link(
        session, actor=SYSTEM, account=account, now=now, lifetime=timedelta(days=1)
    )
    session.commit()
    return f"/link/{token}"


@pytest.mark.both_databases
def test_main_job_from_setup_to_the_public_ranking(
    story: Story, operator_link: str, tmp_path: Path
) -> None:
    organizer = story.opens_link(operator_link)
    set_up(story, organizer)
    for name in TEAMS:
        enter(story, name, report(tmp_path))
    links = assign(story, organizer)
    for name, link in links.items():
        judge(story, name, link)
    publish(story, organizer)
    read(story)


def set_up(story: Story, page: Page) -> None:
    """The organizer makes competition, track, round and rubric, and opens registration."""
    page.goto("/")
    story.follow(page, "Create a competition")
    fill(page, name_en="Robots 2026", name_zh="2026 机器人大赛", slug=SLUG)
    fill(page, registration_closes_at=local(1))
    story.press(page, "Create the competition")
    expect(page).to_have_url(re.compile(f"/c/{SLUG}/manage"))

    page.goto(f"/c/{SLUG}/manage/tracks")
    if page.locator("[name='tracks-0-name_en']").count() == 0:
        story.press(page, "Add a track")
    fill(page, **{"tracks-0-name_en": "Robots", "tracks-0-name_zh": "机器人"})
    story.press(page, "Save the tracks")

    page.goto(f"/c/{SLUG}/manage/rounds/new")
    fill(page, name_en="Final", name_zh="决赛", submissions_close_at=local(2))
    fill(page, judging_closes_at=local(5))
    page.locator("[name=method]").select_option("additive")
    story.press(page, "Add the round")

    page.goto(f"/c/{SLUG}/rounds/1/rubric/edit")
    write_rubric(story, page)
    page.goto(f"/c/{SLUG}/manage")
    story.is_accessible(page)
    story.press(page, "Open the competition")
    story.press(page, "Receive entries")


def write_rubric(story: Story, page: Page) -> None:
    story.press(page, "Add a criterion")
    for number, (name, weight) in enumerate((("Use", "60"), ("Build", "40"))):
        at = f"criteria-{number}-"
        fill(page, **{f"{at}name_en": name, f"{at}name_zh": f"评分项 {name}"})
        fill(page, **{f"{at}weight": weight})
    story.press(page, "Save the rubric")
    expect(page).to_have_url(re.compile("/rubric$"))


def enter(story: Story, name: str, file: Path) -> None:
    """A captain registers on a phone, hands in an entry with a file, and gets a receipt."""
    page = story.sits_down(PHONE)
    page.goto(f"/c/{SLUG}")
    story.follow(page, "Register a team")
    story.is_accessible(page)
    fill(page, name=name, organization=f"School {name}", captain_name=f"Captain {name}")
    fill(page, captain_email=f"{name.lower()}@school.example", password="a long enough one")
    story.press(page, "Register this team")
    expect(page.locator("h1")).to_have_text(name)

    page.locator("main .btn-primary").first.click()
    story.press(page, "Begin with this track")
    story.follow(page, "Title and summary")
    fill(page, title_en=f"Work of {name}", summary_en="It helps.")
    story.press(page, "Save the draft")
    story.follow(page, "Files")
    page.locator("input[type=file]").set_input_files(file)
    story.press(page, "Add the files")
    expect(page.locator("main")).to_contain_text("report.md")
    page.goto(page.url.removesuffix("/files"))
    story.is_accessible(page)
    story.follow(page, "Check your answers and submit")
    story.press(page, "Submit the entry")
    story.says(page, "Receipt")
    expect(page.locator(".hash").first).to_contain_text(re.compile("[0-9a-f]{8}"))


def assign(story: Story, page: Page) -> dict[str, str]:
    """The organizer screens the entries, imports judges, assigns them, and opens the judging."""
    page.goto(f"/c/{SLUG}/manage")
    story.press(page, "Close entries and screen them")
    story.confirm(page)
    page.goto(f"/c/{SLUG}/rounds/1/entries/eligible")
    story.press(page, "Mark them as eligible")

    page.goto(f"/c/{SLUG}/manage/import/judges")
    page.locator("input[type=file]").set_input_files(
        {"name": "judges.xlsx", "mimeType": "application/zip", "buffer": judges_workbook()}
    )
    story.press(page, "Check the file")
    story.press(page, "Bring all of it in")

    page.goto(f"/c/{SLUG}/manage")
    story.press(page, "Go on to assign judges")
    page.goto(f"/c/{SLUG}/rounds/1/assignment")
    story.press(page, "Propose a plan")
    story.is_accessible(page)
    story.press(page, "Publish plan %(number)s", number=1)
    page.goto(f"/c/{SLUG}/manage")
    story.press(page, "Start judging")
    return {name: personal_link(story, page, name) for name in STRICT}


def personal_link(story: Story, page: Page, name: str) -> str:
    page.goto(f"/c/{SLUG}/manage/judges")
    page.get_by_role("link", name=name, exact=True).click()
    story.press(page, "Make a personal link")
    return page.locator("main input[readonly]").input_value()


def judge(story: Story, name: str, link: str) -> None:
    """A judge scores all entries on a phone: leaves, comes back, checks, submits."""
    page = story.opens_link(link, PHONE)
    page.goto(f"/c/{SLUG}/judging")
    story.is_accessible(page)
    for _ in TEAMS:
        page.goto(f"/c/{SLUG}/judging")
        page.locator("main .btn-primary").first.click()
        page.wait_for_url("**/assignments/*")  # and until its scripts listen
        team = title_of(page)
        mark = MARKS[team] - STRICT[name]
        assert "Captain" not in page.content()
        assert f"School {team}" not in page.content()
        choose(page, 0, mark)
        expect(page.locator(".saved")).to_have_text(re.compile(r"\d\d:\d\d:\d\d"), timeout=20_000)
        page.reload()
        expect(page.locator("fieldset.crit").first.locator("input:checked")).to_have_value(
            re.compile(f"^{mark}")
        )
        choose(page, 1, mark)
        story.press(page, "Check and submit")
        story.press(page, "Submit and lock")
    page.goto(f"/c/{SLUG}/judging")
    expect(page.locator("main .cells .done")).to_have_count(len(TEAMS))


def title_of(page: Page) -> str:
    """The team whose work this is: the title says so, as the page itself must not."""
    found = re.search(r"Work of (\w+)", page.content())
    assert found is not None
    return found[1]


def choose(page: Page, criterion: int, mark: int) -> None:
    ruler = page.locator("fieldset.crit").nth(criterion)
    ruler.locator("label").filter(has_text=re.compile(rf"^\s*{mark}\s*$")).click()


def publish(story: Story, page: Page) -> None:
    """The organizer locks the scores, computes, looks, and publishes."""
    page.goto(f"/c/{SLUG}/manage")
    story.press(page, "Lock the scores")
    page.goto(f"/c/{SLUG}/rounds/1/results")
    story.press(page, "Compute the ranking")
    story.is_accessible(page)
    page.goto(f"/c/{SLUG}/rounds/1/results/1/publish")
    page.locator("main input[name=sure]").check()
    story.press(page, "Publish the results")
    story.says_done(page, "The results are public.")


def read(story: Story) -> None:
    """Anyone reads the ranking: the strict judge is corrected, the tie is a tie."""
    page = story.sits_down(PHONE)
    page.goto(f"/c/{SLUG}")
    story.follow(page, "Results")
    expect(page).to_have_url(re.compile("/results"))
    rows = page.locator("table.board tbody tr:has(td.place)")
    expect(rows).to_have_count(len(TEAMS))
    places = [text.strip() for text in page.locator("table.board td.place").all_inner_texts()]
    assert [place.rstrip("=＝并列 ") for place in places] == ["1", "2", "2", "4"]
    expect(rows.first).to_contain_text("Work of Alpha")
    expect(rows.first).to_contain_text("90.00")
    expect(rows.nth(1)).to_contain_text("70.00")
    expect(rows.last).to_contain_text("Work of Delta")
    story.is_accessible(page)
    page.goto(f"/c/{SLUG}/results/1?q=gamma")
    expect(rows).to_have_count(1)
    rows.first.get_by_role("link").click()
    expect(page.locator("main")).to_contain_text("Work of Gamma")
    assert "Shen" not in page.content()
    story.is_accessible(page)
