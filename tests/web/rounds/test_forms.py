"""Forms of competitions, tracks and rounds: saved, refused with what was typed, moved on."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from competition.models import AuditEntry, Competition, Round, Track
from competition.vocabulary import CompetitionState, RoundState
from tests.support.builders import (
    NOW,
    make_account,
    make_competition,
    make_entry,
    make_organizer,
    make_round,
    make_rubric,
    make_team,
    sign_in,
)
from tests.support.pages import page

CHINESE = {"Accept-Language": "zh-CN"}
NEW = {
    "name_en": "AI Competition 2027",
    "name_zh": "2027 人工智能应用大赛",
    "slug": "aiac-2027",
    "zone": "Asia/Shanghai",
    "registration_closes_at": "2090-11-24 24:00",
    "team_size_max": "4",
    "instructors_max": "1",
}


def organized(client: FlaskClient, session: Session, **fields: Any) -> Competition:
    """A competition whose organizer is signed in."""
    competition = make_competition(session, **fields)
    sign_in(client, make_organizer(session, competition).id)
    return competition


def test_create_competition_by_an_operator_leads_to_its_overview(
    client: FlaskClient, session: Session
) -> None:
    sign_in(client, make_account(session, is_operator=True).id)
    assert page(client.get("/competitions/new")).heading == "Create a competition"
    answer = client.post("/competitions/new", data=NEW)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/c/aiac-2027/manage")
    made = session.scalars(select(Competition)).one()
    assert made.registration_closes_at == datetime(2090, 11, 24, 16, 0, tzinfo=UTC)
    assert (made.name.zh, made.team_size_max) == ("2027 人工智能应用大赛", 4)
    assert page(client.get("/c/aiac-2027/manage")).heading == "Overview"


def test_create_competition_without_an_address_takes_it_from_the_english_name(
    client: FlaskClient, session: Session
) -> None:
    sign_in(client, make_account(session, is_operator=True).id)
    answer = client.post("/competitions/new", data={**NEW, "slug": ""})
    assert answer.headers["Location"] == "/c/ai-competition-2027/manage"
    nameless = {**NEW, "slug": "", "name_en": ""}
    found = page(client.post("/competitions/new", data=nameless))
    assert (found.status, found.texts(".invalid-feedback")) == (422, ["Fill this in."])


def test_create_competition_by_others_is_forbidden(client: FlaskClient, session: Session) -> None:
    organized(client, session)
    assert client.get("/competitions/new").status_code == 403
    assert client.post("/competitions/new", data=NEW).status_code == 403


def test_create_competition_with_wrong_values_keeps_them_and_writes_nothing(
    client: FlaskClient, session: Session
) -> None:
    make_competition(session, slug="aiac-2027")
    sign_in(client, make_account(session, is_operator=True).id)
    sent = {**NEW, "registration_closes_at": "2020-01-01 24:00"}
    found = page(client.post("/competitions/new", data=sent))
    assert (found.status, found.title.startswith("Error:")) == (422, True)
    past = "This time has passed already. Choose a later one."
    assert found.errors == [f"Registration closes: {past}"]
    assert found.texts(".invalid-feedback") == [past]
    assert {key: found.fields[key] for key in sent} == sent
    again = page(client.post("/competitions/new", data=NEW))
    assert again.texts(".invalid-feedback") == [
        "Another competition has this address. Take a different one."
    ]
    assert session.scalar(select(func.count(Competition.id))) == 1


def test_create_competition_without_a_name_in_chinese_speaks_chinese(
    client: FlaskClient, session: Session
) -> None:
    sign_in(client, make_account(session, is_operator=True).id)
    sent = {**NEW, "name_en": "", "name_zh": "", "registration_closes_at": "tomorrow"}
    found = page(client.post("/competitions/new", data=sent, headers=CHINESE))
    assert (found.status, found.heading) == (422, "创建比赛")
    assert found.fields["registration_closes_at"] == "tomorrow"
    assert len(found.texts(".invalid-feedback")) == 2


def test_settings_filled_in_twice_from_one_page_are_refused_the_second_time(
    client: FlaskClient, session: Session
) -> None:
    organized(client, session)
    fields = page(client.get("/c/aiac-2026/manage/settings")).fields
    first = client.post("/c/aiac-2026/manage/settings", data={**fields, "team_size_max": "3"})
    assert first.status_code == 303
    second = page(client.post("/c/aiac-2026/manage/settings", data={**fields, "name_en": "Mine"}))
    assert second.status == 409
    assert second.fields["name_en"] == "Mine"
    session.expire_all()
    found = session.scalars(select(Competition)).one()
    assert (found.team_size_max, found.name.en) == (3, "AI Application Competition 2026")


def test_settings_sent_again_unchanged_change_and_log_nothing(
    client: FlaskClient, session: Session
) -> None:
    organized(client, session, registration_closes_at=NOW - timedelta(days=3))
    fields = page(client.get("/c/aiac-2026/manage/settings")).fields
    assert client.post("/c/aiac-2026/manage/settings", data=fields).status_code == 303
    acts = session.scalars(select(AuditEntry.action)).all()
    assert "update_competition" not in acts


def test_tracks_are_added_moved_and_removed_by_buttons_that_save_nothing(
    client: FlaskClient, session: Session
) -> None:
    organized(client, session, tracks=("Learning", "Health"))
    address = "/c/aiac-2026/manage/tracks"
    typed = {**page(client.get(address)).fields, "tracks-1-name_zh": "健康"}
    for action, names in (
        ("add:tracks", ["Learning", "Health", ""]),
        ("up:tracks-1", ["Health", "Learning"]),
        ("down:tracks-0", ["Health", "Learning"]),
        ("remove:tracks-0", ["Health"]),
        ("up:tracks-0", ["Learning", "Health"]),
        ("nonsense", ["Learning", "Health"]),
    ):
        found = page(client.post(address, data={**typed, "action": action}))
        shown = [found.fields[f"tracks-{place}-name_en"] for place in range(len(names))]
        assert (found.status, shown) == (200, names)
        assert "健康" in found.fields.values()
        assert f"tracks-{len(names)}-name_en" not in found.fields
    assert session.scalars(select(Track.name)).all()[1].zh == ""


def test_tracks_saved_in_another_order_are_kept_so(client: FlaskClient, session: Session) -> None:
    organized(client, session, tracks=("Learning", "Health"))
    address = "/c/aiac-2026/manage/tracks"
    moved = page(
        client.post(address, data={**page(client.get(address)).fields, "action": "up:tracks-1"})
    )
    assert client.post(address, data={**moved.fields, "action": "save"}).status_code == 303
    session.expire_all()
    found = session.scalars(select(Track).order_by(Track.position)).all()
    assert [(track.position, track.name.en) for track in found] == [(1, "Health"), (2, "Learning")]


def test_tracks_without_one_that_entries_use_are_refused_in_words(
    client: FlaskClient, session: Session
) -> None:
    competition = organized(client, session, tracks=("Learning", "Health"))
    make_entry(session, make_round(session, competition), make_team(session, competition))
    address = "/c/aiac-2026/manage/tracks"
    fields = page(client.get(address)).fields
    fewer = page(client.post(address, data={**fields, "action": "remove:tracks-0"})).fields
    refused = page(client.post(address, data={**fewer, "action": "save"}))
    assert (refused.status, refused.errors) == (
        422,
        ["The track “Learning” cannot be removed. Entries in it: 1. Move them first."],
    )
    assert session.scalar(select(func.count(Track.id))) == 2


def test_tracks_with_an_empty_row_name_it(client: FlaskClient, session: Session) -> None:
    organized(client, session)
    address = "/c/aiac-2026/manage/tracks"
    fields = page(client.get(address)).fields
    more = page(client.post(address, data={**fields, "action": "add:tracks"})).fields
    refused = page(client.post(address, data={**more, "action": "save"}))
    assert refused.status == 422
    assert refused.texts(".invalid-feedback") == ["Fill in at least one of the two languages."]


def test_add_round_understands_midnight_and_leads_to_its_rubric(
    client: FlaskClient, session: Session
) -> None:
    organized(client, session)
    fields = page(client.get("/c/aiac-2026/manage/rounds/new")).fields
    sent = {
        **fields,
        "name_en": "Final",
        "submissions_close_at": "2090-11-24 24:00",
        "judging_closes_at": "2090-12-04T18:00",
        "spread_threshold": "7.5",
        "method": "trimmed",
        "round_criterion": "2",
    }
    answer = client.post("/c/aiac-2026/manage/rounds/new", data=sent)
    assert answer.headers["Location"] == "/c/aiac-2026/rounds/1/rubric/edit"
    made = session.scalars(select(Round)).one()
    assert made.submissions_close_at == datetime(2090, 11, 24, 16, 0, tzinfo=UTC)
    assert made.scoring == {
        "method": "trimmed",
        "unit": "scorecard",
        "drop_high": 1,
        "drop_low": 1,
        "drop_minimum": 5,
        "round": {"criterion": 2, "total": 2},
    }
    shown = page(client.get("/c/aiac-2026/rounds/1/settings")).fields
    assert shown["submissions_close_at"] == "2090-11-24 24:00"
    assert shown["spread_threshold"] == "7.5"


def test_round_settings_with_wrong_values_keep_what_was_typed(
    client: FlaskClient, session: Session
) -> None:
    make_round(session, organized(client, session))
    fields = page(client.get("/c/aiac-2026/rounds/1/settings")).fields
    shapeless = {**fields, "judges_per_entry": "three", "spread_threshold": "NaN"}
    found = page(client.post("/c/aiac-2026/rounds/1/settings", data=shapeless))
    assert found.texts(".invalid-feedback") == [
        "Enter a whole number.",
        "Enter a number, like 7.5.",
    ]
    assert found.fields["judges_per_entry"] == "three"
    assert found.fields["spread_threshold"] == "NaN"
    wrong = {
        **fields,
        "submissions_close_at": "2020-01-01 24:00",
        "drop_high": "4",
        "drop_low": "4",
    }
    refused = page(client.post("/c/aiac-2026/rounds/1/settings", data=wrong))
    assert refused.texts(".invalid-feedback") == [
        "This time has passed already. Choose a later one.",
        "After dropping, nothing may be left to average. Take a number > 8.",
    ]
    assert refused.fields["submissions_close_at"] == "2020-01-01 24:00"


def test_remove_round_takes_an_unused_one_away(client: FlaskClient, session: Session) -> None:
    make_round(session, organized(client, session), state=RoundState.SETUP)
    assert client.post("/c/aiac-2026/rounds/1/remove").status_code == 303
    assert session.scalar(select(func.count(Round.id))) == 0


def test_move_round_that_is_ready_says_where_it_is_now(
    client: FlaskClient, session: Session
) -> None:
    item = make_round(session, organized(client, session), state=RoundState.SETUP)
    make_rubric(session, item)
    answer = client.post("/c/aiac-2026/rounds/1/state", data={"target": "receiving"})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/c/aiac-2026/manage")
    found = page(client.get("/c/aiac-2026/manage"))
    assert found.texts(".notice-flash") == [
        "Preliminary round is now in this state: Receiving entries."
    ]


def test_move_round_that_is_not_ready_says_why_and_where_to_mend_it(
    client: FlaskClient, session: Session
) -> None:
    make_round(session, organized(client, session), state=RoundState.SETUP)
    found = page(client.post("/c/aiac-2026/rounds/1/state", data={"target": "receiving"}))
    assert (found.status, found.heading) == (422, "Receive entries: not yet")
    assert found.links("Go there") == ["/c/aiac-2026/rounds/1/rubric/edit"]
    assert found.fields == {}


def test_move_round_that_needs_to_be_sure_asks_and_then_does_it(
    client: FlaskClient, session: Session
) -> None:
    make_round(session, organized(client, session))
    asked = page(client.post("/c/aiac-2026/rounds/1/state", data={"target": "screening"}))
    assert (asked.status, asked.heading) == (422, "Close entries and screen them all the same?")
    assert session.scalars(select(Round.state)).one() is RoundState.RECEIVING
    done = client.post("/c/aiac-2026/rounds/1/state", data=asked.fields)
    assert done.status_code == 303
    session.expire_all()
    assert session.scalars(select(Round.state)).one() is RoundState.SCREENING


def test_move_round_twice_from_one_page_says_it_has_moved_on(
    client: FlaskClient, session: Session
) -> None:
    make_round(session, organized(client, session), submissions_close_at=NOW - timedelta(days=1))
    address, sent = "/c/aiac-2026/rounds/1/state", {"target": "screening"}
    assert client.post(address, data=sent).status_code == 303
    assert client.post(address, data=sent).status_code == 409
    assert client.post(address, data={"target": "nowhere"}).status_code == 404


def test_move_competition_in_chinese_names_the_round_in_chinese(
    client: FlaskClient, session: Session
) -> None:
    competition = organized(client, session, state=CompetitionState.JUDGING)
    make_round(session, competition, state=RoundState.JUDGING)
    found = page(
        client.post("/c/aiac-2026/manage/state", data={"target": "closed"}, headers=CHINESE)
    )
    assert (found.status, found.heading) == (422, "结束比赛：现在还不行")
    assert found.texts(".findings p") == ["初赛尚未出结果。"]


def test_changing_the_competition_of_others_does_not_exist(
    client: FlaskClient, session: Session
) -> None:
    make_round(session, make_competition(session, slug="theirs"))
    organized(client, session)
    for path in (
        "manage/settings",
        "manage/tracks",
        "manage/rounds/new",
        "manage/state",
        "rounds/1/settings",
        "rounds/1/state",
        "rounds/1/remove",
        "rounds/1/rubric/edit",
        "rounds/1/rubric/copy",
    ):
        assert client.post(f"/c/theirs/{path}", data={"target": "setup"}).status_code == 404
