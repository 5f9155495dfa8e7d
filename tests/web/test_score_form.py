"""The judge's form: filled in, refused, checked, submitted, locked."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from competition.models import Scorecard
from competition.vocabulary import AssignmentState, RoundState, ScorecardState
from tests.support.builders import make_organization, sign_in
from tests.support.judging import Judging, make_judging
from tests.support.pages import page as parsed
from tests.support.scorecards import fill_scorecard


@pytest.fixture
def judging(session: Session) -> Judging:
    return make_judging(session)


@pytest.fixture
def judge(client: FlaskClient, judging: Judging) -> FlaskClient:
    sign_in(client, judging.judges[0].account_id)
    return client


@pytest.fixture
def url(judging: Judging) -> str:
    return f"/assignments/{judging.assignment().id}"


def test_saving_and_going_on_opens_the_next_entry_until_none_is_left(
    judge: FlaskClient, judging: Judging, session: Session, url: str
) -> None:
    assert "Save and next" in judge.get(url).text
    answer = judge.post(url, data={**judging.form(8, comment="Half done."), "action": "next"})
    second = f"/assignments/{judging.assignment(entry=1).id}"
    assert (answer.status_code, answer.location) == (303, second)
    assert f"The draft of entry {judging.entries[0].number} is saved." in judge.get(second).text
    card = saved(session)
    assert card is not None
    assert (card.state, card.comment) == (ScorecardState.DRAFT, "Half done.")
    answer = judge.post(second, data={**judging.form(8), "action": "next"})
    assert answer.location == url  # from the last one to the first that is still open
    answer = judge.post(url, data={**judging.form("a lot", revision=1), "action": "next"})
    assert answer.status_code == 422  # nothing is left behind unsaved
    judging.assignment(entry=1).state = AssignmentState.RECUSED
    judging.assignment(entry=1).recusal_reason = "a friend"
    session.flush()
    assert "Save and next" not in judge.get(url).text


def saved(session: Session) -> Scorecard | None:
    session.expire_all()
    return session.scalar(select(Scorecard))


def test_scoring_from_desk_to_lock_works_without_script(
    judge: FlaskClient, judging: Judging, session: Session, url: str
) -> None:
    desk = judge.get("/c/aiac-2026/judging").text
    assert f'href="{url}">Continue with' in desk
    page = judge.get(url).text
    assert "Work 1" in page
    answer = judge.post(url, data={**judging.form(8, 9, comment="Keep it."), "action": "submit"})
    assert (answer.status_code, answer.location) == (303, f"{url}/check")
    check = judge.get(f"{url}/check").text
    assert "84.00" in check
    assert "Submit and lock" in check
    assert judge.post(f"{url}/submit", data={"revision": 1}).status_code == 303
    card = saved(session)
    assert card is not None
    assert (card.state, card.comment) == (ScorecardState.SUBMITTED, "Keep it.")
    locked = judge.get(url).text
    assert "84.00" in locked
    assert "<textarea" not in locked
    assert "1 of 2 are in." in judge.get("/c/aiac-2026/judging").text


def test_opening_the_form_in_a_blind_round_names_neither_team_nor_school(
    judge: FlaskClient, judging: Judging, session: Session, url: str
) -> None:
    for path in (url, f"{url}/check", "/c/aiac-2026/judging", f"{url}/recuse"):
        page = judge.get(path).text
        assert "Team 01" not in page
        assert "School 01" not in page
    judging.round.is_blind = False
    session.flush()
    page = judge.get(url).text
    assert "Team 01" in page
    assert "School 01" in page


@pytest.mark.parametrize(
    ("language", "words"), [("en", "Note for the committee"), ("zh_Hans", "作品 1")]
)
def test_opening_the_form_speaks_the_readers_language(
    judge: FlaskClient, url: str, language: str, words: str
) -> None:
    judge.set_cookie("language", language)
    page = judge.get(url).text
    assert words in page
    assert f'lang="{"en" if language == "en" else "zh-Hans"}"' in page


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ("abc", "“abc” is no number"),
        ("NaN", "“NaN” is no number"),
        ("1e1", "“1e1” is no number"),
        ("11", "11 is off the scale"),
        ("0", "0 is off the scale"),
        ("7.5", "7.5 is between two steps"),
    ],
)
def test_sending_a_wrong_value_gives_it_back_as_typed_with_the_message_beside_it(
    judge: FlaskClient, judging: Judging, session: Session, url: str, typed: str, message: str
) -> None:
    form = judging.form(typed, 9, comment="Long thoughts.", note="For us.")
    answer = judge.post(url, data=form)
    assert answer.status_code == 422
    page = answer.text
    name = f"rating-{judging.rubric.criteria[0].id}"
    beside = page.split(f'id="e-{name}"')[1]
    assert message in beside.split("</p>")[0]
    assert f'name="{name}" id="{name}-value" value="{typed}"' in page
    assert "Long thoughts." in page
    assert "For us." in page
    assert page.count(" checked") == 1
    assert "<title>Error:" in page
    assert saved(session) is None


@pytest.mark.parametrize(
    ("field", "message"),
    [
        ("rating-999999", "This rubric has no such criterion"),
        ("reason-999999", "This rubric has no such criterion"),
        ("rating-01", "The form has no field “rating-01”"),
        ("state", "The form has no field “state”"),
    ],
)
def test_sending_an_unknown_field_is_refused(
    judge: FlaskClient, judging: Judging, session: Session, url: str, field: str, message: str
) -> None:
    answer = judge.post(url, data={**judging.form(8, 9), field: "5"})
    assert answer.status_code == 422
    assert message in answer.text
    assert saved(session) is None


def test_sending_one_field_twice_is_refused(
    judge: FlaskClient, judging: Judging, session: Session, url: str
) -> None:
    name = f"rating-{judging.rubric.criteria[0].id}"
    answer = judge.post(url, data={**judging.form(8, 9), name: ["8", "9"]})
    assert answer.status_code == 422
    assert "This was sent twice" in answer.text


def test_typing_a_comma_and_full_width_digits_is_understood(
    judge: FlaskClient, judging: Judging, session: Session, url: str
) -> None:
    assert judge.post(url, data=judging.form("８", "9,0")).status_code == 303
    card = saved(session)
    assert card is not None
    assert sorted(int(rating.value) for rating in card.ratings) == [8, 9]


def test_saving_in_two_tabs_shows_both_versions_and_overwrites_nothing(
    judge: FlaskClient, judging: Judging, session: Session, url: str
) -> None:
    judge.post(url, data=judging.form(8, 9, comment="From the phone."))
    answer = judge.post(url, data=judging.form(3, 9, comment="From the desk."))
    assert answer.status_code == 409
    page = answer.text
    assert "changed in another window" in page
    assert "From the phone." in page
    assert "From the desk." in page
    assert "here: 3" in page
    assert "saved: 8" in page
    assert parsed(answer).texts("main .notice dt") == ["Criterion 1", "Comment for the team"]
    assert parsed(answer).texts("main .notice button") == ["Keep what stands here"]
    assert 'name="revision" value="1"' in page
    assert 'data-autosave=""' in page
    card = saved(session)
    assert card is not None
    assert card.comment == "From the phone."
    decided = judge.post(url, data=judging.form(3, 9, comment="From the desk.", revision=1))
    assert decided.status_code == 303
    card = saved(session)
    assert card is not None
    assert card.comment == "From the desk."


def test_saving_the_same_form_again_is_answered_as_the_first_time(
    judge: FlaskClient, judging: Judging, session: Session, url: str
) -> None:
    first = judge.post(url, data=judging.form(8, 9))
    again = judge.post(url, data=judging.form(8, 9))
    assert (first.status_code, first.location) == (again.status_code, again.location)
    card = saved(session)
    assert card is not None
    assert card.revision == 1


# autosave


def test_autosave_answers_with_time_and_revision(
    judge: FlaskClient, judging: Judging, url: str
) -> None:
    answer = judge.post(f"{url}/autosave", data=judging.form(8))
    assert answer.status_code == 200
    assert answer.json is not None
    assert (answer.json["revision"], answer.json["errors"]) == (1, {})
    assert answer.json["saved"].endswith("+00:00")


def test_autosave_saves_what_it_can_and_names_the_rest(
    judge: FlaskClient, judging: Judging, session: Session, url: str
) -> None:
    answer = judge.post(f"{url}/autosave", data=judging.form(99, 7, comment="Well."))
    name = f"rating-{judging.rubric.criteria[0].id}"
    assert answer.json is not None
    assert answer.json["errors"] == {
        name: "Criterion 1: 99 is off the scale. It goes from 1 to 10."
    }
    card = saved(session)
    assert card is not None
    assert (card.comment, [int(rating.value) for rating in card.ratings]) == ("Well.", [7])


def test_autosave_from_an_older_tab_is_told_so(
    judge: FlaskClient, judging: Judging, url: str
) -> None:
    judge.post(f"{url}/autosave", data=judging.form(8))
    answer = judge.post(f"{url}/autosave", data=judging.form(5))
    assert answer.status_code == 409
    assert answer.json is not None
    assert "another window" in answer.json["error"]


# checking and submitting


def test_checking_an_incomplete_scorecard_links_to_what_is_missing(
    judge: FlaskClient, judging: Judging, url: str
) -> None:
    judge.post(url, data=judging.form(8))
    page = judge.get(f"{url}/check").text
    assert f'href="{url}#rating-{judging.rubric.criteria[1].id}">Score criterion 2.' in page
    assert "Submit and lock" not in page
    assert judge.post(f"{url}/submit", data={"revision": 1}).status_code == 422


def test_submitting_what_changed_since_the_check_shows_the_check_again(
    judge: FlaskClient, judging: Judging, session: Session, url: str
) -> None:
    judge.post(url, data=judging.form(8, 9))
    judge.post(url, data=judging.form(8, 3, revision=1))
    answer = judge.post(f"{url}/submit", data={"revision": 1})
    assert answer.status_code == 409
    assert "Changed in another window" in answer.text
    assert 'name="revision" value="2"' in answer.text
    card = saved(session)
    assert card is not None
    assert card.state is ScorecardState.DRAFT


def test_saving_after_the_lock_keeps_what_was_typed_on_the_page(
    judge: FlaskClient, judging: Judging, url: str
) -> None:
    judge.post(url, data=judging.form(8, 9))
    judge.post(f"{url}/submit", data={"revision": 1})
    answer = judge.post(url, data=judging.form(8, 9, comment="One more thing.", revision=2))
    assert answer.status_code == 409
    assert "submitted and locked" in answer.text
    assert "One more thing." in answer.text


def test_saving_in_a_round_that_was_locked_keeps_what_was_typed_on_the_page(
    judge: FlaskClient, judging: Judging, session: Session, url: str
) -> None:
    judging.round.state = RoundState.LOCKED
    session.flush()
    answer = judge.post(url, data=judging.form(8, 9, comment="Too late."))
    assert answer.status_code == 409
    assert "not being judged now" in answer.text
    assert "Too late." in answer.text
    assert session.scalar(select(func.count(Scorecard.id))) == 0


def test_opening_a_returned_scorecard_shows_the_reason(
    judge: FlaskClient, judging: Judging, session: Session, url: str
) -> None:
    fill_scorecard(session, judging.assignment(), judging.rubric, (8, 9), ScorecardState.RETURNED)
    page = judge.get(url).text
    assert "check it again" in page
    assert "Check and submit" in page


# whose it is


@pytest.mark.parametrize("path", ["", "/check", "/recuse"])
def test_opening_another_judges_assignment_finds_nothing(
    judge: FlaskClient, judging: Judging, path: str
) -> None:
    foreign = judging.assignment(1).id
    assert judge.get(f"/assignments/{foreign}{path}").status_code == 404
    assert judge.get(f"/assignments/999999{path}").status_code == 404


@pytest.mark.parametrize("path", ["", "/autosave", "/submit", "/recuse"])
def test_writing_to_another_judges_assignment_finds_nothing(
    judge: FlaskClient, judging: Judging, session: Session, path: str
) -> None:
    fields: dict[str, Any] = {**judging.form(8, 9), "reason": "x"}
    if path == "/recuse":
        fields = {"reason": "x"}
    answer = judge.post(f"/assignments/{judging.assignment(1).id}{path}", data=fields)
    assert answer.status_code == 404
    assert saved(session) is None


def test_opening_the_entry_of_ones_own_school_is_refused_in_words(
    judge: FlaskClient, judging: Judging, session: Session, url: str
) -> None:
    judging.judges[0].organization = make_organization(session, judging.competition, "School 01")
    session.flush()
    answer = judge.get(url)
    assert answer.status_code == 409
    assert "connected" in answer.text
    assert "Work 1" not in answer.text


def test_opening_the_form_signed_out_leads_to_the_sign_in_page(
    client: FlaskClient, judging: Judging, url: str
) -> None:
    assert client.get(url).location.startswith("/sign-in")


def test_sending_without_the_form_token_is_refused(
    judge: FlaskClient, judging: Judging, session: Session, url: str
) -> None:
    assert judge.post(url, data=judging.form(8, 9), csrf=False).status_code == 400
    assert saved(session) is None


# stepping back


def test_stepping_back_takes_a_reason_and_the_entry_off_the_desk(
    judge: FlaskClient, judging: Judging, session: Session, url: str
) -> None:
    assert judge.post(f"{url}/recuse", data={"reason": " "}).status_code == 422
    answer = judge.post(f"{url}/recuse", data={"reason": "I taught two of them."})
    assert answer.status_code == 303
    session.expire_all()
    assignment = judging.assignment()
    assert (assignment.state, assignment.recusal_reason) == (
        AssignmentState.RECUSED,
        "I taught two of them.",
    )
    assert judge.get(url).location == f"{url}/recuse"
    assert "I taught two of them." in judge.get(f"{url}/recuse").text
    assert "You stepped back, 1" in judge.get("/c/aiac-2026/judging").text


# the desk


def test_desk_of_somebody_who_does_not_judge_finds_nothing(
    client: FlaskClient, judging: Judging
) -> None:
    sign_in(client, judging.organizer.id)
    assert client.get("/c/aiac-2026/judging").status_code == 404


def test_desk_without_assignments_says_what_comes_next(
    judge: FlaskClient, judging: Judging, session: Session
) -> None:
    for assignment in judging.assignments:
        assignment.state = AssignmentState.PROPOSED
    session.flush()
    assert "No entry is assigned to you yet" in judge.get("/c/aiac-2026/judging").text


def test_desk_shows_the_deadline_in_the_competitions_zone(
    judge: FlaskClient, judging: Judging
) -> None:
    assert "Shanghai time (UTC+8)" in judge.get("/c/aiac-2026/judging").text
