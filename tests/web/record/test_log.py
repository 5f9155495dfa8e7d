"""The log page, and audit entries in words."""

from __future__ import annotations

import ast
from datetime import datetime
from decimal import Decimal

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from competition import paths
from competition.models import AuditEntry, LocalText
from competition.policies import SYSTEM
from competition.services.record import audit, plain
from competition.services.tables.formats import TableKind
from competition.vocabulary import Role, RoundState
from competition.web.record.changes import Change, act_words, changes_of
from competition.web.record.words import ACTS, THINGS
from tests.support.builders import (
    grant,
    make_account,
    make_competition,
    make_organizer,
    make_round,
    sign_in,
)
from tests.support.pages import page

LOG = "/c/aiac-2026/manage/log"
CHINESE = {"Accept-Language": "zh-CN"}


AUDITING = {"audit", "_audit", "_audit_seat", "audit_entry", "move_entry"}
"""Functions of the services that are handed the name of an act."""


def named_acts() -> set[str]:
    """Every act that a service names when it appends to the log."""
    found: set[str] = set()
    for file in (paths.PACKAGE / "services").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in AUDITING:
                named = [item.value for item in node.keywords if item.arg == "action"]
                found |= {
                    item.value
                    for value in (named or node.args)
                    for item in ast.walk(value)
                    if isinstance(item, ast.Constant) and isinstance(item.value, str) and item.value
                }
    imports = {f"import_{kind.value}_file" for kind in TableKind}
    return {name for name in found if name not in {"import_", "_file"}} | imports


def test_naming_every_act_of_the_services_finds_words_for_it() -> None:
    acts = named_acts()
    assert len(acts) > 50
    assert sorted(acts - ACTS.keys()) == []


def test_naming_every_table_finds_words_for_it() -> None:
    from competition.models import Base

    silent = {
        "audit_entry",
        "criterion",
        "judge_severity",
        "judge_track",
        "level",
        "rating",
        "scorecard_version",
        "sign_in_attempt",
        "sign_in_link",
        "standing",
        "team_member",
    }
    assert sorted(set(Base.metadata.tables) - silent - THINGS.keys()) == []


def entry(object_type: str, before: object, after: object) -> AuditEntry:
    return AuditEntry(object_type=object_type, before=plain(before), after=plain(after))


def test_changes_of_an_entry_are_words_and_values(app: Flask, now: datetime) -> None:
    before = {
        "state": RoundState.SETUP,
        "is_blind": True,
        "name": LocalText(en="Final"),
        "submissions_close_at": None,
        "scoring": {"round": {"total": 2}},
        "revision": 1,
    }
    after = {
        "state": RoundState.RECEIVING,
        "is_blind": False,
        "name": LocalText(en="Final round", zh="决赛"),
        "submissions_close_at": now,
        "scoring": {"round": {"total": 3}},
        "revision": 2,
    }
    with app.test_request_context():
        found = changes_of(entry("round", before, after), "Asia/Shanghai", with_contacts=True)
    assert found == [
        Change("state", "Being set up", "Receiving entries"),
        Change("judges see numbers only", "yes", "no"),
        Change("name", "Final", "Final round"),
        Change("scoring · rounding · total", "2", "3"),
        Change("entries close", None, "16 November 2026, 10:30"),
    ]


def test_changes_of_rows_name_the_row(app: Flask) -> None:
    rows = [{"name": {"en": "Idea"}, "weight": str(weight)} for weight in (Decimal(60), 40)]
    fewer = [{"name": {"en": "Idea"}, "weight": "100"}]
    with app.test_request_context():
        found = changes_of(
            entry("rubric", {"criteria": rows}, {"criteria": fewer}), "UTC", with_contacts=True
        )
    assert found == [
        Change("criterion 1 · weight", "60", "100"),
        Change("criterion 2 · name", "Idea", None),
        Change("criterion 2 · weight", "40", None),
    ]


def test_changes_without_contacts_leave_out_addresses_and_telephones(app: Flask) -> None:
    before = {"phone": "+86 755 0000", "contact_email": "ask@a.example"}
    after = {
        "phone": "+86 755 1111",
        "contact_email": "us@a.example",
        "members": [["captain", "张敏", "min@a.example"]],
        "reason": "她的邮箱是min@a.example，请联系",
    }
    with app.test_request_context():
        found = changes_of(entry("team", before, after), "UTC", with_contacts=False)
    assert found == [
        Change("telephone", None, "changed"),
        Change("contact address", "ask@a.example", "us@a.example"),
        Change("member 1 1", None, "captain"),
        Change("member 1 2", None, "张敏"),
        Change("member 1 3", None, "…"),
        Change("reason", None, "…，请联系"),  # rather a word too many than an address
    ]


def test_changes_show_digests_in_groups_and_no_numbers_of_rows(app: Flask) -> None:
    after = {"digest": "0a8053c9df4c5306", "round": 2, "team_id": 7, "round_id": 3, "judge": 4}
    with app.test_request_context():
        found = changes_of(entry("panel_member", {}, after), "UTC", with_contacts=True)
    assert found == [
        Change("digest", None, "0a8053c9 df4c5306"),
        Change("round", None, "2"),
        Change("judge", None, "4"),
    ]


def test_act_without_words_is_shown_by_its_name(app: Flask) -> None:
    with app.test_request_context():
        assert act_words("draw_lots") == "draw lots"


def noted(session: Session, now: datetime, count: int) -> int:
    """A competition with a log of so many entries; its organizer's account."""
    competition = make_competition(session)
    item = make_round(session, competition)
    for number in range(count):
        audit(
            session,
            actor=SYSTEM,
            action="move_round" if number % 2 else "update_round",
            now=now,
            thing=item,
            name=f"Round {number:02}",
            competition_id=competition.id,
            before={"state": "setup"},
            after={"state": "receiving"},
        )
    return make_organizer(session, competition).id


def test_log_without_entries_says_so(client: FlaskClient, session: Session, now: datetime) -> None:
    sign_in(client, noted(session, now, 0))
    assert page(client.get(LOG)).texts("h2") == ["The log is empty"]


def test_log_shows_who_what_and_the_difference(
    client: FlaskClient, session: Session, now: datetime
) -> None:
    sign_in(client, noted(session, now, 2))
    found = page(client.get(LOG))
    assert found.texts("tbody th") == ["16 Nov 10:30:00"] * 2
    assert found.texts("tbody td .strong") == ["Round moved on", "Round changed"]
    assert found.texts("tbody td .note") == ["round: Round 01", "round: Round 00"]
    assert found.texts("tbody td")[2] == "state: Being set up → Receiving entries"
    chinese = page(client.get(LOG, headers=CHINESE))
    assert chinese.texts("tbody td .strong")[0] == "轮次状态变更"
    assert chinese.texts("tbody td")[2].startswith("状态：")


def test_log_turned_over_shows_every_entry_once(
    client: FlaskClient, session: Session, now: datetime
) -> None:
    sign_in(client, noted(session, now, 120))
    seen: list[str] = []
    addresses = [LOG]
    while addresses:
        found = page(client.get(addresses[0]))
        seen += found.texts("tbody .note")
        addresses = found.links("Older")
    assert seen == [f"round: Round {number:02}" for number in reversed(range(120))]
    assert found.links("Newest") == [LOG]


def test_log_searched_and_filtered_shows_what_fits(
    client: FlaskClient, session: Session, now: datetime
) -> None:
    sign_in(client, noted(session, now, 20))
    assert len(page(client.get(f"{LOG}?action=move_round")).texts("tbody tr")) == 10
    found = page(client.get(f"{LOG}?q=round+07"))
    assert found.texts("tbody .note") == ["round: Round 07"]
    assert found.fields["q"] == "round 07"
    nothing = page(client.get(f"{LOG}?q=100%25"))
    assert nothing.texts("h2") == ["Nothing found"]
    for odd in ("before=x", "before=99999999999999999999", "before=-1"):
        assert len(page(client.get(f"{LOG}?{odd}")).texts("tbody tr")) == 20


def test_log_is_read_by_the_committee_and_hidden_from_observers(
    client: FlaskClient, session: Session, now: datetime
) -> None:
    noted(session, now, 1)
    competition = make_competition(session, slug="b")
    for role, status in ((Role.COMMITTEE, 200), (Role.OBSERVER, 403)):
        account = make_account(session)
        grant(session, account, competition, role)
        sign_in(client, account.id)
        assert client.get("/c/b/manage/log").status_code == status
        assert client.get(LOG).status_code == 404
