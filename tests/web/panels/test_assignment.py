"""The assignment page: propose, look, repair, change by hand, publish."""

from __future__ import annotations

import io
from types import SimpleNamespace

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from competition.models import (
    Assignment,
    AssignmentPlan,
    Competition,
    Entry,
    Judge,
    PanelSetup,
    PlannedPair,
    Round,
)
from competition.vocabulary import AssignmentState, RoundState
from tests.support.builders import (
    assign,
    make_competition,
    make_entry,
    make_judge,
    make_organizer,
    make_round,
    make_team,
    seat,
    sign_in,
)
from tests.support.pages import page

PAGE = "/c/aiac-2026/rounds/1/assignment"


@pytest.fixture
def of(client: FlaskClient, session: Session) -> Round:
    """A round in assigning with 4 entries and 3 seated judges; its organizer is signed in."""
    competition = make_competition(session)
    made = make_round(session, competition, state=RoundState.ASSIGNING, judges_per_entry=2)
    for n in range(4):
        make_entry(session, made, make_team(session, competition, f"Team {n}", f"School {n}"))
    for name in "ABC":
        seat(session, made, make_judge(session, competition, f"Judge {name}"))
    sign_in(client, make_organizer(session, competition).id)
    return made


WISH = {
    "per_entry": "2",
    "comparability": "50",
    "weight_track": "1",
    "weight_expertise": "1",
    "weight_bids": "2",
    "seed": "7",
}


def propose(client: FlaskClient, **more: str) -> TestResponse:
    return client.post(f"{PAGE}/propose", data={**WISH, **more}, follow_redirects=True)


def publish(client: FlaskClient, number: int = 1) -> TestResponse:
    return client.post(f"{PAGE}/plans/{number}/publish", follow_redirects=True)


def test_before_a_plan_the_page_offers_the_settings(client: FlaskClient, of: Round) -> None:
    shown = page(client.get(PAGE))
    assert shown.texts(".lead") == ["4 entries, 8 places to fill, 3 judges on the panel."]
    assert {key: shown.fields[key] for key in ("per_entry", "comparability")} == {
        "per_entry": "2",
        "comparability": "50",
    }
    assert shown.find("table.matrix") == []


def test_proposing_then_publishing_tells_the_judges(
    client: FlaskClient, session: Session, of: Round
) -> None:
    answer = propose(client)
    assert "Plan 1 is proposed. Judges see nothing of it until you publish it." in answer.text
    assert answer.text.count("●") == 8 + 1  # and the key
    assert session.scalar(select(func.count(Assignment.id))) == 0
    shown = page(answer)
    assert "One panel: every entry can be compared with every other." in shown.texts(".findings p")
    done = publish(client)
    assert "Plan 1 is published: 8 entries given, 0 taken back, 0 as before." in done.text
    assert set(session.scalars(select(Assignment.state))) == {AssignmentState.CONFIRMED}
    assert session.scalar(select(func.count(Assignment.id))) == 8
    for view in ("entries", "judges"):
        assert "Judge B" in client.get(f"{PAGE}?view={view}").text
    assert "评委" in client.get(f"{PAGE}?lang=zh_Hans").text


def test_publishing_twice_says_what_happened(client: FlaskClient, of: Round) -> None:
    propose(client)
    publish(client)
    assert "Plan 1 is no longer proposed" in publish(client).text


def test_a_setting_that_is_wrong_is_named_and_nothing_is_saved(
    client: FlaskClient, session: Session, of: Round
) -> None:
    for fields, expected in (
        ({"load_min": "5", "load_max": "4"}, "At least is more than at most, which is 4."),
        ({"per_entry": "9"}, "9 judges for one entry are more than the 3 on the panel."),
        ({"weight_bids": "-1"}, "Take a number from 0 to 10."),
        ({"per_entry": "many"}, "Enter a whole number."),
        ({"seed": "99999999999999"}, "Take a number from 0 to 2147483647."),
    ):
        answer = client.post(f"{PAGE}/propose", data={**WISH, **fields})
        assert answer.status_code == 422
        assert [text.endswith(expected) for text in page(answer).errors] == [True], expected
    assert session.scalars(select(AssignmentPlan)).all() == []
    assert session.scalars(select(PanelSetup)).all() == []


@pytest.mark.parametrize("language", ["en", "zh_Hans"])
def test_a_setting_that_is_no_number_stays_in_its_field_beside_the_message(
    client: FlaskClient, of: Round, language: str
) -> None:
    typed = {"per_entry": "two or three", "load_max": "lots", "seed": "\uff11\uff12a"}
    answer = client.post(f"{PAGE}/propose?lang={language}", data={**WISH, **typed})
    shown = page(answer)
    assert answer.status_code == 422
    assert {key: shown.fields[key] for key in typed} == typed
    assert len(shown.find(".field-error .invalid-feedback")) == len(typed)
    kinds = {field.get("name"): field.get("type") for field in shown.find("input")}
    assert {kinds[key] for key in typed} == {"text"}  # a browser empties a number field of text


def test_settings_are_kept_with_the_round_and_with_the_plan(
    client: FlaskClient, session: Session, of: Round
) -> None:
    propose(client, per_entry="1", load_max="3", is_mixed="", comparability="0", seed="11")
    shown = page(client.get(PAGE)).fields
    assert {key: shown[key] for key in ("per_entry", "load_max", "comparability", "seed")} == {
        "per_entry": "1",
        "load_max": "3",
        "comparability": "0",
        "seed": "11",
    }
    plan = page(client.get(f"{PAGE}/plans/1"))
    assert plan.heading == "Plan 1"
    assert "at least 0, at most 3" in plan.texts("dd")


def make_short(session: Session, of: Round) -> None:
    """Judges take one entry each, where three are needed."""
    for judge in session.scalars(select(Judge)):
        judge.max_entries = 2
    session.flush()


def test_what_was_settled_for_single_entries_is_said_and_can_be_forgotten(
    client: FlaskClient, session: Session, of: Round
) -> None:
    make_short(session, of)
    ways = page(propose(client)).texts(".notice-bad .choice p")
    [number] = [n for n, way in enumerate(ways) if way.startswith("Ask for 1 judge instead of 2")]
    client.post(f"{PAGE}/plans/1/repair", data={"repair": str(number)})
    shown = page(propose(client))
    assert shown.texts(".lead") == ["4 entries, 6 places to fill, 3 judges on the panel."]
    assert "2 entries have their own numbers of judges." in shown.texts("p")
    shown = page(propose(client, forget="y"))
    assert shown.texts(".lead") == ["4 entries, 8 places to fill, 3 judges on the panel."]
    assert not any("own number" in text for text in shown.texts("p"))


def test_what_cannot_be_filled_is_explained_in_both_languages_with_a_way_out(
    client: FlaskClient, session: Session, of: Round
) -> None:
    make_short(session, of)
    answer = propose(client)
    shown = page(answer)
    assert "2 places cannot be filled" in shown.texts("h2")
    assert "2 places are not filled." in shown.texts(".findings p")
    ways = shown.texts(".notice-bad .choice p")
    assert any(" and " in way and way.endswith(" from 2 to 3.") for way in ways)
    assert all(way.count("raise the limit") + way.count("Raise the limit") <= 1 for way in ways)
    assert shown.texts(".btn-primary") == ["Do this"]  # not to publish a plan with gaps
    assert "3 of 3 have one of their own" in answer.text
    chinese = client.get(f"{PAGE}?lang=zh_Hans").text
    assert "2 个名额" in chinese
    client.get(f"{PAGE}?lang=en")
    repaired = client.post(f"{PAGE}/plans/1/repair", data={"repair": "0"}, follow_redirects=True)
    assert "Done. Plan 2 is proposed." in repaired.text
    assert page(repaired).find(".notice-bad") == []
    assert "4 entries, 8 places to fill" in repaired.text


def test_changing_a_plan_by_hand_shows_its_cost_and_what_it_breaks(
    client: FlaskClient, session: Session, of: Round
) -> None:
    propose(client)
    own = f"{PAGE}/plans/1/entries/E-001"
    first = page(client.get(own))
    assert first.heading == "E-001 in plan 1"
    assert any("E-001 has 1 of 2 judges" in text for text in first.texts("td"))
    assert any("Fit" in text for text in first.texts("td"))
    plan = session.scalars(select(AssignmentPlan)).one()
    taken = min(p.judge.number for p in pairs_of(session, plan, "E-001"))
    data = {"judge": str(taken), "revision": str(plan.revision)}
    assert client.post(own, data={**data, "do": "remove"}).status_code == 303
    stale = client.post(own, data={**data, "do": "lock"})
    assert (stale.status_code, "Somebody else changed this" in stale.text) == (422, True)
    assert "1 place open" in client.get(own).text
    assert client.post(own, data={"judge": str(taken), "do": "add"}).status_code == 303
    assert client.post(own, data={"judge": str(taken), "do": "add"}).status_code == 422
    assert client.post(own, data={"judge": "77", "do": "add"}).status_code == 400
    assert client.post(own, data={"judge": str(taken), "do": "eat"}).status_code == 400
    assert client.get(f"{PAGE}/plans/9/entries/E-001").status_code == 404
    assert client.get(f"{PAGE}/plans/1/entries/E-999").status_code == 404


def pairs_of(session: Session, plan: AssignmentPlan, number: str) -> list[SimpleNamespace]:
    rows = session.execute(
        select(Judge, PlannedPair.state)
        .join(PlannedPair, PlannedPair.judge_id == Judge.id)
        .join(Entry, Entry.id == PlannedPair.entry_id)
        .where(PlannedPair.plan_id == plan.id, Entry.number == number)
    )
    return [SimpleNamespace(judge=judge, state=state) for judge, state in rows]


def test_while_judging_two_ways_stand_side_by_side_with_their_price(
    client: FlaskClient, session: Session, of: Round
) -> None:
    seat(session, of, make_judge(session, of.competition, "Judge D"))
    propose(client)
    publish(client)
    of.state = RoundState.JUDGING
    judge = session.scalars(select(Judge).where(Judge.number == 1)).one()
    leaving = f"/c/aiac-2026/manage/judges/1/drop-out/{of.position}"
    assert "2 entries; others get them" in client.get(leaving).text
    assert client.post(leaving, data={"reason": " "}).status_code == 422
    gone = client.post(leaving, data={"reason": "ill"}, follow_redirects=True)
    assert "Judge A is off the panel. 2 entries lost a judge" in gone.text
    assert "2 places are open now." in gone.text
    offered = page(client.post(f"{PAGE}/changes", follow_redirects=True))
    rows = [text for text in offered.texts("tr") if text.startswith("Plan ")]
    assert ("Fewest changes 2 0" in rows[0], "Small bonus" in rows[1]) == (True, True)
    done = publish(client, 2)
    assert "2 entries given, 0 taken back, 6 as before" in done.text
    assert session.scalars(select(Assignment).where(Assignment.judge_id == judge.id)).all() == []
    assert client.post(f"{PAGE}/propose", data=WISH).status_code == 409
    further = client.post(f"{PAGE}/entries/E-001/further", follow_redirects=True)
    assert "E-001 wants one judge more." in further.text
    assert "1 place is open now." in further.text


def test_giving_up_a_plan_keeps_it_in_the_history(client: FlaskClient, of: Round) -> None:
    propose(client)
    answer = client.post(f"{PAGE}/plans/1/discard", follow_redirects=True)
    assert "Plan 1 is given up; it stays in the history." in answer.text
    assert page(client.get(f"{PAGE}/plans/1")).heading == "Plan 1"


def test_changing_by_hand_locks_refuses_and_removes(
    client: FlaskClient, session: Session, of: Round
) -> None:
    own = f"{PAGE}/entries/E-001"
    assert client.post(f"{own}/assign", data={"judge": "1"}).status_code == 303
    assert "kept by hand" in client.get(own).text
    again = client.post(f"{own}/assign", data={"judge": "1"})
    assert (again.status_code, "Judge A has E-001 already." in again.text) == (422, True)
    made = session.scalars(select(Assignment)).one()
    for do, locked in (("unlock", False), ("lock", True)):
        assert client.post(f"{PAGE}/{made.id}", data={"do": do}).status_code == 303
        session.expire_all()
        assert made.is_locked is locked
    address = f"{PAGE}/{made.id}"
    assert client.post(address, data={"do": "remove"}).status_code == 303
    assert session.scalar(select(func.count(Assignment.id))) == 0
    assert client.post(address, data={"do": "remove"}).status_code == 404
    assert client.post(f"{own}/assign", data={"judge": "77"}).status_code == 404
    assert client.get(f"{PAGE}/entries/E-999").status_code == 404


def test_a_conflict_shows_beside_the_judge_and_is_refused(
    client: FlaskClient, session: Session, of: Round
) -> None:
    team = make_team(session, of.competition, "Ours", "School Z")
    make_entry(session, of, team)
    judge = make_judge(session, of.competition, "Judge Z", organization=team.organization)
    seat(session, of, judge)
    own = f"{PAGE}/entries/E-005"
    assert "same organization" in client.get(own).text
    answer = client.post(f"{own}/assign", data={"judge": str(judge.number)})
    assert answer.status_code == 422
    assert "Judge Z belongs to the same organization as the team of E-005." in answer.text


def test_the_list_can_be_downloaded_and_imported_again(
    client: FlaskClient, session: Session, of: Round
) -> None:
    propose(client)
    publish(client)
    for lang in ("en", "zh_Hans"):
        answer = client.get(f"{PAGE}.csv?lang={lang}")
        assert answer.status_code == 200
        sent = client.post(
            "/c/aiac-2026/manage/import/assignments",
            data={"round": "1", "file": (io.BytesIO(answer.data), "a.csv")},
            content_type="multipart/form-data",
        )
        assert sent.status_code == 303
        assert "Nothing to do" in client.get(f"{sent.headers['Location']}&lang=en").text
    assert client.get(f"{PAGE}.xlsx").data[:2] == b"PK"
    assert client.get(f"{PAGE}.pdf").status_code == 404


def test_a_round_past_judging_shows_but_does_not_change(
    client: FlaskClient, session: Session, of: Round
) -> None:
    propose(client)
    publish(client)
    of.state = RoundState.LOCKED
    text = client.get(PAGE).text
    assert ("Assignments are closed" in text, "Propose again" in text) == (True, False)
    assert client.post(f"{PAGE}/propose", data=WISH).status_code == 409
    assert client.post(f"{PAGE}/confirm").status_code == 409


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("get", PAGE),
        ("post", f"{PAGE}/propose"),
        ("post", f"{PAGE}/confirm"),
        ("post", f"{PAGE}/changes"),
        ("post", f"{PAGE}/bidding"),
        ("get", f"{PAGE}/plans/1"),
        ("post", f"{PAGE}/plans/1/publish"),
        ("post", f"{PAGE}/plans/1/repair"),
        ("get", f"{PAGE}/entries/E-001"),
        ("post", f"{PAGE}/entries/E-001/assign"),
        ("get", f"{PAGE}.csv"),
    ],
)
def test_judges_and_other_organizers_are_kept_out(
    client: FlaskClient, session: Session, of: Round, method: str, path: str
) -> None:
    judge = session.scalars(select(Judge).where(Judge.number == 1)).one()
    other: Competition = make_competition(session, "other")
    for account_id, allowed in (
        (judge.account_id, {403, 404}),
        (make_organizer(session, other).id, {404}),
    ):
        sign_in(client, account_id)
        assert getattr(client, method)(path).status_code in allowed


def test_an_assignment_of_another_round_answers_404(
    client: FlaskClient, session: Session, of: Round
) -> None:
    later = make_round(session, of.competition, state=RoundState.ASSIGNING)
    team = make_team(session, of.competition, "Later")
    judge = make_judge(session, of.competition)
    made = assign(session, make_entry(session, later, team), judge)
    assert client.post(f"{PAGE}/{made.id}", data={"do": "remove"}).status_code == 404
