"""Rubric pages: read by everybody, edited in one form without a script, frozen."""

from __future__ import annotations

from decimal import Decimal

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from competition.models import Competition, Criterion, Round, Rubric
from competition.vocabulary import RoundState
from competition.web.forms.rows import act_on_rows
from competition.web.forms.rubrics import with_usual_levels
from tests.support.builders import (
    NOW,
    make_competition,
    make_organizer,
    make_round,
    make_rubric,
    sign_in,
)
from tests.support.pages import page

EDIT = "/c/aiac-2026/rounds/1/rubric/edit"
STEPS_OF_4 = (
    "Steps of 4 do not lead from the lowest to the highest rating. Change the step or the scale."
)
CHINESE = {"Accept-Language": "zh-CN"}


def organized(client: FlaskClient, session: Session) -> tuple[Competition, Round]:
    competition = make_competition(session)
    item = make_round(session, competition, state=RoundState.SETUP)
    sign_in(client, make_organizer(session, competition).id)
    return competition, item


def test_show_lists_criteria_weights_and_levels(client: FlaskClient, session: Session) -> None:
    make_rubric(session, make_round(session, make_competition(session)), weights=(60, 40))
    found = page(client.get("/c/aiac-2026/rounds/1/rubric"))
    assert found.texts("h2") == ["Criterion 1", "Criterion 2", "Weights"]
    assert found.texts(".sec-head .note")[:2] == ["60 %", "40 %"]
    assert found.texts("dt")[:2] == ["9–10", "7–8"]
    chinese = page(client.get("/c/aiac-2026/rounds/1/rubric", headers=CHINESE))
    assert (chinese.heading, chinese.texts("h2")[0]) == ("评分细则", "评分项 1")


def test_write_a_rubric_from_the_empty_form_saves_it(client: FlaskClient, session: Session) -> None:
    organized(client, session)
    fields = page(client.get(EDIT)).fields
    assert fields["criteria-0-scale_max"] == "10"
    filled = {**fields, "criteria-0-name_en": "Idea", "criteria-0-weight": "60"}
    divided = page(client.post(EDIT, data={**filled, "action": "divide:criteria-0"})).fields
    assert [divided[f"criteria-0-levels-{place}-low"] for place in range(5)] == list("13579")
    for place in range(5):
        divided[f"criteria-0-levels-{place}-text_en"] = f"Meaning {place}"
    more = page(client.post(EDIT, data={**divided, "action": "add:criteria"})).fields
    more |= {"criteria-1-name_zh": "代码", "criteria-1-weight": "40,0"}
    answer = client.post(EDIT, data={**more, "action": "save"})
    assert answer.headers["Location"] == "/c/aiac-2026/rounds/1/rubric"
    found = session.scalars(select(Criterion).order_by(Criterion.position)).all()
    assert [(item.name.en or item.name.zh, item.weight) for item in found] == [
        ("Idea", Decimal(60)),
        ("代码", Decimal(40)),
    ]
    assert [level.text.en for level in found[0].levels] == [f"Meaning {i}" for i in range(5)]


def test_write_a_rubric_with_bare_levels_names_the_row_of_every_problem(
    client: FlaskClient, session: Session
) -> None:
    organized(client, session)
    filled = {**page(client.get(EDIT)).fields, "criteria-0-name_en": "Idea"}
    divided = page(client.post(EDIT, data={**filled, "action": "divide:criteria-0"})).fields
    found = page(client.post(EDIT, data={**divided, "criteria-0-weight": "100", "action": "save"}))
    missing = "Meaning in English: Fill in at least one of the two languages."
    assert found.errors == [f"Criterion 1, Level {place}: {missing}" for place in range(1, 6)]


def test_write_a_rubric_off_100_says_by_how_much_and_keeps_everything(
    client: FlaskClient, session: Session
) -> None:
    _competition, item = organized(client, session)
    make_rubric(session, item, weights=(60, 40))
    typed = {**page(client.get(EDIT)).fields, "criteria-1-weight": "35.5"}
    found = page(client.post(EDIT, data={**typed, "action": "save"}))
    assert found.status == 422
    assert found.title.startswith("Error:")
    assert found.errors == ["The weights add up to 95.5. Add 4.5 to reach 100."]
    assert found.texts(".invalid-feedback") == ["The weights add up to 95.5. Add 4.5 to reach 100."]
    assert {key: found.fields[key] for key in typed} == typed
    assert sorted(session.scalars(select(Criterion.weight))) == [Decimal(40), Decimal(60)]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"criteria-0-weight": "much"}, "Enter a number, like 7.5."),
        ({"criteria-0-weight": ""}, "Fill this in."),
        ({"criteria-0-levels-2-low": "NaN"}, "Enter a number, like 7.5."),
        (
            {"criteria-0-name_en": "", "criteria-0-name_zh": ""},
            "Fill in at least one of the two languages.",
        ),
        (
            {"criteria-0-step": "4"},
            STEPS_OF_4,
        ),
        (
            {"criteria-0-levels-4-high": "9"},
            "No level says what 10 means. Let this level reach it.",
        ),
    ],
)
def test_write_a_rubric_with_a_wrong_value_says_so_beside_it(
    client: FlaskClient, session: Session, changes: dict[str, str], message: str
) -> None:
    _competition, item = organized(client, session)
    make_rubric(session, item)
    typed = {**page(client.get(EDIT)).fields, **changes}
    found = page(client.post(EDIT, data={**typed, "action": "save"}))
    assert (found.status, found.texts(".invalid-feedback")) == (422, [message])
    assert len(found.errors) == 1
    assert {key: found.fields[key] for key in changes} == changes


def test_write_a_rubric_from_an_older_page_is_refused_and_kept_on_the_page(
    client: FlaskClient, session: Session
) -> None:
    _competition, item = organized(client, session)
    make_rubric(session, item)
    fields = page(client.get(EDIT)).fields
    assert client.post(EDIT, data={**fields, "action": "save"}).status_code == 303
    found = page(client.post(EDIT, data={**fields, "criteria-0-name_en": "Mine"}))
    assert (found.status, found.fields["criteria-0-name_en"]) == (409, "Mine")


def test_edit_a_frozen_rubric_shows_it_and_refuses_to_change_it(
    client: FlaskClient, session: Session
) -> None:
    _competition, item = organized(client, session)
    rubric = make_rubric(session, item)
    fields = page(client.get(EDIT)).fields
    rubric.frozen_at = NOW
    read = page(client.get(EDIT))
    assert read.heading == "Rubric"
    assert read.texts(".notice h2")[0].startswith("Frozen since ")
    assert client.post(EDIT, data={**fields, "action": "save"}).status_code == 409
    assert page(client.post(EDIT, data=fields, headers=CHINESE)).status == 409


def test_copy_a_rubric_brings_criteria_over(client: FlaskClient, session: Session) -> None:
    competition, _item = organized(client, session)
    source = make_round(session, competition, position=2)
    make_rubric(session, source)
    fields = page(client.get(EDIT)).fields
    assert fields["source"] == str(source.id)
    sent = {"source": fields["source"], "revision": fields["revision"]}
    assert client.post("/c/aiac-2026/rounds/1/rubric/copy", data=sent).status_code == 303
    counts = [len(rubric.criteria) for rubric in session.scalars(select(Rubric))]
    assert counts == [2, 2]


def test_copy_a_rubric_that_does_not_exist_is_not_found(
    client: FlaskClient, session: Session
) -> None:
    organized(client, session)
    for source in ("999", "", "x", "9" * 30):
        sent = {"source": source, "revision": "0"}
        assert client.post("/c/aiac-2026/rounds/1/rubric/copy", data=sent).status_code == 404


def test_act_on_rows_moves_what_belongs_to_a_row_along_with_it() -> None:
    sent = MultiDict(
        [("revision", "3"), ("c-0-a", "one"), ("c-4-a", "two"), ("c-4-levels-0-low", "x")]
    )
    assert act_on_rows(sent, "up:c-1", limit=9).to_dict() == {
        "revision": "3",
        "c-0-row": "",
        "c-0-a": "two",
        "c-0-levels-0-low": "x",
        "c-1-row": "",
        "c-1-a": "one",
    }
    assert "c-2-row" not in act_on_rows(sent, "add:c", limit=2)
    assert act_on_rows(sent, "remove:c-7", limit=9)["c-1-a"] == "two"


@pytest.mark.parametrize(
    ("low", "high", "step"),
    [("", "10", "1"), ("a", "10", "1"), ("10", "1", "1"), ("1", "10", "4"), ("1", "10", "0")],
)
def test_divide_a_scale_that_cannot_be_divided_leaves_everything(
    low: str, high: str, step: str
) -> None:
    sent = MultiDict([("c-0-scale_min", low), ("c-0-scale_max", high), ("c-0-step", step)])
    assert with_usual_levels(sent, "c-0") == sent


def test_divide_a_scale_keeps_the_texts_typed_already() -> None:
    sent = MultiDict(
        [
            ("c-0-scale_min", "0"),
            ("c-0-scale_max", "2,5"),
            ("c-0-step", "0.5"),
            ("c-0-levels-0-low", "0"),
            ("c-0-levels-0-text_en", "nothing there"),
        ]
    )
    found = with_usual_levels(sent, "c-0")
    assert found["c-0-levels-0-text_en"] == "nothing there"
    bounds = [
        (found[f"c-0-levels-{place}-low"], found[f"c-0-levels-{place}-high"]) for place in range(5)
    ]
    assert bounds == [("0", "0"), ("0.5", "0.5"), ("1", "1"), ("1.5", "1.5"), ("2", "2.5")]
