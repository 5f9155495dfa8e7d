"""The whole way of a team: registering, filling in, submitting, changing, withdrawing."""

from __future__ import annotations

import hashlib
import json
import re
from io import BytesIO

from flask import current_app
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from competition.adapters.storage import FolderStorage
from competition.models import Account, Entry, EntryVersion, Team
from competition.vocabulary import EntryState, MemberKind
from tests.support import files
from tests.support.builders import make_competition, make_round

TEAM = {
    "name": "Team 46",
    "organization": "示例大学",
    "captain_name": "Li Hua 李华",
    "captain_email": "Li.Hua@School.example",
    "password": "a sentence for Li Hua",
    "members-0-name": "Wang Fang",
    "members-0-email": "wang@school.example",
    "members-1-name": "",
    "members-1-email": "",
    "instructors-0-name": "Prof. Zhao",
    "instructors-0-email": "zhao@school.example",
}


def revision(page: str) -> str:
    found = re.search(r'name="revision"[^>]*value="(\d+)"', page)
    assert found is not None
    return found[1]


def test_registering_on_a_phone_ends_with_a_receipt_that_anyone_can_recompute(
    client: FlaskClient, session: Session
) -> None:
    competition = make_competition(session, tracks=("Learning", "Health"))
    make_round(session, competition)
    home = "/c/aiac-2026"

    assert client.get(f"{home}/register").status_code == 200
    answer = client.post(f"{home}/register", data=TEAM)
    assert answer.status_code == 303, answer.text
    team = session.scalars(select(Team)).one()
    assert (team.name, team.organization.name.zh) == ("Team 46", "示例大学")
    assert [(m.kind, m.email) for m in team.members] == [
        (MemberKind.CAPTAIN, "li.hua@school.example"),
        (MemberKind.MEMBER, "wang@school.example"),
        (MemberKind.INSTRUCTOR, "zhao@school.example"),
    ]
    assert (
        session.scalar(select(Account.password_hash).where(Account.email == "wang@school.example"))
        is None
    )

    page = client.get(f"{home}/team", follow_redirects=True).text
    assert "Team 46" in page
    begin = f"{home}/teams/{team.id}/rounds/1/begin"
    assert client.get(begin).status_code == 200
    track = competition.tracks[1].id
    answer = client.post(begin, data={"track_id": track})
    assert answer.status_code == 303, answer.text
    entry = session.scalars(select(Entry)).one()
    assert (entry.number, entry.track_id, entry.state) == ("E-001", track, EntryState.DRAFT)
    own = f"{home}/entries/{entry.id}"
    assert "To do" in client.get(own).text

    text = client.get(f"{own}/text").text
    saved = client.post(
        f"{own}/text",
        data={"revision": revision(text), "title_en": "Bench watcher", "summary_zh": "看守实验台"},
    )
    assert saved.status_code == 303, saved.text
    for part, field, address in (
        ("repository", "repository_url", "https://git.school.example/46/app"),
        ("demo", "demo_url", "https://demo.school.example/"),
    ):
        shown = revision(client.get(f"{own}/{part}").text)
        answer = client.post(f"{own}/{part}", data={"revision": shown, field: address})
        assert answer.status_code == 303, answer.text
    sent = [(BytesIO(files.PDF), "Report.pdf"), (BytesIO(files.office("ppt")), "Slides.pptx")]
    answer = client.post(f"{own}/files", data={"files": sent})
    assert answer.status_code == 303, answer.text

    check = client.get(f"{own}/submit").text
    answer = client.post(f"{own}/submit", data={"revision": revision(check)})
    assert answer.status_code == 303, answer.text
    session.expire_all()
    version = session.scalars(select(EntryVersion)).one()
    assert (version.version, entry.state) == (1, EntryState.SUBMITTED)
    receipt = client.get(answer.location).text
    assert " ".join(re.findall(".{8}", version.digest)) in receipt

    content = client.get(f"{own}/versions/1.json")
    assert hashlib.sha256(content.data).hexdigest() == version.digest
    told = json.loads(content.data)
    assert told["title"] == {"en": "Bench watcher", "zh": ""}
    assert [(item["name"], item["sha256"]) for item in told["files"]] == [
        ("Report.pdf", hashlib.sha256(files.PDF).hexdigest()),
        ("Slides.pptx", hashlib.sha256(sent_content(entry, 1)).hexdigest()),
    ]
    assert "you can change everything until the deadline" in client.get(own).text

    again = client.post(f"{own}/submit", data={"revision": revision(check)}, follow_redirects=True)
    assert "This is in already, as version 1." in again.text
    assert len(session.scalars(select(EntryVersion)).all()) == 1

    shown = revision(client.get(f"{own}/text").text)
    client.post(f"{own}/text", data={"revision": shown, "title_en": "New", "summary_en": "More"})
    assert "The draft differs from what is in" in client.get(own).text
    check = client.get(f"{own}/submit").text
    client.post(f"{own}/submit", data={"revision": revision(check)})
    assert [v.version for v in session.scalars(select(EntryVersion))] == [1, 2]

    assert client.post(f"{own}/withdraw").status_code == 422
    assert client.post(f"{own}/withdraw", data={"sure": "y"}).status_code == 303
    assert state_of_entry(session) is EntryState.WITHDRAWN
    client.post(f"{own}/take-back")
    assert state_of_entry(session) is EntryState.DRAFT


def state_of_entry(session: Session) -> EntryState:
    return session.scalars(select(Entry.state)).one()


def sent_content(entry: Entry, at: int) -> bytes:
    storage: FolderStorage = current_app.extensions["storage"]
    with storage.open(entry.files[at].sha256) as file:
        return file.read()
