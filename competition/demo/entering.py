"""Teams register and hand in; judges are invited."""

from __future__ import annotations

from datetime import datetime

import numpy as np

from competition.adapters.storage import FolderStorage
from competition.demo import content
from competition.demo.stage import DOMAIN, SEED, Demo
from competition.models import Entry, LocalText, Round, Team
from competition.policies import ANONYMOUS, Actor
from competition.queries.people import account_by_email, actor_of
from competition.services import panels
from competition.services.submissions.entries import edit_entry, start_entry, submit_entry
from competition.services.submissions.files import ArrivedFile, add_files
from competition.services.submissions.teams import Person, TeamRequest, register_team
from competition.vocabulary import OrganizationKind


def enter_teams(demo: Demo, of: Round) -> None:
    """Sixty teams register, and submit an entry with a report."""
    random = np.random.default_rng((SEED, 4))
    works = [(t, work) for t, works in enumerate(content.ENTRIES) for work in works]
    order = random.permutation(len(works))
    tracks = [track.id for track in demo.competition.tracks]
    for number, (track, work) in enumerate((works[i] for i in order), start=1):
        registered = demo.calendar.day(-37 + number // 5, 9, number % 60)
        actor, team = register(demo, number, random, registered)
        entry = start_entry(
            demo.session,
            actor=actor,
            team=team,
            of=of,
            track_id=tracks[track],
            now=registered,
        )
        fill_in(demo, actor, entry, work, demo.calendar.day(-23, 8 + number % 14, number % 60))


def register(
    demo: Demo, number: int, random: np.random.Generator, now: datetime
) -> tuple[Actor, Team]:
    def name() -> str:
        family = content.FAMILY_NAMES[int(random.integers(len(content.FAMILY_NAMES)))]
        return family + content.GIVEN_NAMES[int(random.integers(len(content.GIVEN_NAMES)))]

    def person(role: str) -> Person:
        return Person(name(), f"{role}.team{number:02}@{DOMAIN}")

    captain = person("captain")
    team = register_team(
        demo.session,
        actor=ANONYMOUS,
        competition=demo.competition,
        team=TeamRequest(
            name=f"Team {number:02}",
            organization=content.SCHOOLS[(number * 7) % len(content.SCHOOLS)][0],
            members=tuple(person(f"member{i}") for i in range(1, 2 + number % 4)),
            instructors=(person("instructor"),),
        ),
        captain=captain,
        password_hash=None,
        now=now,
    )
    account = account_by_email(demo.session, captain.email)
    if account is None:  # pragma: no cover  registering has made it
        raise LookupError(captain.email)
    return actor_of(demo.session, account), team


def fill_in(
    demo: Demo, actor: Actor, entry: Entry, work: tuple[str, str, str, str], now: datetime
) -> None:
    title, title_zh, summary, summary_zh = work
    edit_entry(
        demo.session,
        actor=actor,
        entry=entry,
        revision=None,
        now=now,
        title=LocalText(en=title, zh=title_zh),
        summary=LocalText(en=summary, zh=summary_zh),
        repository_url=f"https://code.{DOMAIN}/{entry.number.lower()}",
        demo_url=f"https://{entry.number.lower()}.{DOMAIN}/",
    )
    report = f"# {title}\n\n{summary}\n\n# {title_zh}\n\n{summary_zh}\n".encode()
    add_files(
        demo.session,
        actor=actor,
        entry=entry,
        files=[ArrivedFile("report.md", "text/markdown", len(report), keep(demo.storage, report))],
        quota=10_000_000,
        now=now,
    )
    submit_entry(demo.session, actor=actor, entry=entry, revision=None, now=now)


def keep(storage: FolderStorage, data: bytes) -> str:
    incoming = storage.receive(limit=len(data))
    incoming.write(data)
    return storage.adopt(incoming)


def invite_judges(demo: Demo, *of: Round) -> None:
    """Twelve judges from schools and twelve from companies; every other one is on all panels."""
    names = [
        *((name, OrganizationKind.SCHOOL) for name in content.SCHOOL_JUDGES),
        *((name, OrganizationKind.INDUSTRY) for name in content.INDUSTRY_JUDGES),
    ]
    for number, (name, kind) in enumerate(names):
        places = content.SCHOOLS if kind is OrganizationKind.SCHOOL else content.COMPANIES
        demo.judges.append(
            panels.add_judge(
                demo.session,
                actor=demo.organizer,
                competition=demo.competition,
                details=panels.JudgeDetails(
                    name=name,
                    email=f"judge{number + 1:02}@{DOMAIN}",
                    kind=kind,
                    organization=places[number % len(places)][0],
                    expertise=content.EXPERTISE[number // 2 % len(content.EXPERTISE)],
                    max_entries=12,
                ),
                rounds=of if number % 2 == 0 else of[:1],
                now=demo.calendar.day(-25),
            )
        )
