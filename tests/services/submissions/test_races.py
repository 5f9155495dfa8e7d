"""Many at once: what is in time is in, once, and nothing crosses the closing of a round."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from competition.errors import DomainError, Invalid, WrongState
from competition.models import (
    Account,
    AuditEntry,
    Competition,
    Entry,
    EntryVersion,
    LocalText,
    Organization,
    Round,
    Team,
    TeamMember,
)
from competition.policies import ANONYMOUS, Actor
from competition.queries.people import actor_of
from competition.services.rounds.states import move_round
from competition.services.submissions.entries import edit_entry, start_entry, submit_entry
from competition.services.submissions.files import ArrivedFile, add_files
from competition.services.submissions.teams import Person, TeamRequest, register_team
from competition.vocabulary import EntryState, RoundState
from tests.support.builders import (
    NOW,
    make_competition,
    make_entry,
    make_organizer,
    make_round,
    make_team,
)
from tests.support.races import race

DEADLINE = NOW + timedelta(minutes=1)


def captain(session: Session, team_id: int) -> Actor:
    account = session.scalars(
        select(Account)
        .join(TeamMember, TeamMember.account_id == Account.id)
        .where(TeamMember.team_id == team_id)
    ).one()
    return actor_of(session, account)


def submitting(
    entry_id: int, arrived: datetime, title: str = "", revision: int | None = None
) -> Callable[[Session], bool]:
    def act(session: Session) -> bool:
        entry = session.get_one(Entry, entry_id)
        actor = captain(session, entry.team_id)
        if title:
            text = LocalText(en=title)
            edit_entry(session, actor=actor, entry=entry, revision=None, now=arrived, title=text)
        return submit_entry(session, actor=actor, entry=entry, revision=revision, now=arrived)[1]

    return act


def drafts(session: Session, of: Round, count: int) -> list[int]:
    return [
        make_entry(
            session,
            of,
            make_team(session, of.competition, f"Team {n:02}"),
            state=EntryState.DRAFT,
            demo_url="https://demo.school.example",
        ).id
        for n in range(count)
    ]


def test_submitting_around_the_deadline_takes_exactly_what_arrived_in_time(
    app: Flask, session: Session
) -> None:
    of = make_round(session, make_competition(session), submissions_close_at=DEADLINE)
    entries = drafts(session, of, 12)
    arrivals = [DEADLINE + timedelta(milliseconds=ms) for ms in (-1000, 0, 999, 1000, 1001, 5000)]
    acts = [submitting(entry, arrivals[n % 6]) for n, entry in enumerate(entries)]
    answers = race(app, acts)

    in_time = [n % 6 < 3 for n in range(12)]
    assert [answer is True for answer in answers] == in_time
    assert {answer.code for answer in answers if isinstance(answer, WrongState)} == {
        "submission_late"
    }
    versions = session.execute(select(EntryVersion.entry_id, EntryVersion.version)).all()
    assert sorted(versions) == [
        (entry, 1) for entry, is_in in zip(entries, in_time, strict=True) if is_in
    ]


def test_closing_the_round_while_teams_submit_lets_no_version_in_afterwards(
    app: Flask, session: Session
) -> None:
    of = make_round(session, make_competition(session), submissions_close_at=DEADLINE)
    organizer_id = make_organizer(session, of.competition).id
    round_id = of.id
    entries = drafts(session, of, 10)

    def closing(session: Session) -> bool:
        actor = actor_of(session, session.get_one(Account, organizer_id))
        found = session.get_one(Round, round_id)
        move_round(
            session,
            actor=actor,
            round_=found,
            target=RoundState.SCREENING,
            is_sure=True,
            now=datetime.now(UTC),
        )
        return True

    acts = [submitting(entry, NOW, title="In time") for entry in entries]
    answers = race(app, [*acts[:5], closing, *acts[5:]])
    closed = answers.pop(5)
    assert closed is True
    refused = {answer.code for answer in answers if isinstance(answer, DomainError)}
    assert refused <= {"round_not_receiving"}
    taken = [entry for entry, answer in zip(entries, answers, strict=True) if answer is True]
    versions = session.scalars(select(EntryVersion.entry_id).order_by(EntryVersion.entry_id)).all()
    assert versions == taken
    closed_at = session.scalar(select(AuditEntry.id).where(AuditEntry.action == "move_round"))
    later = select(func.count(AuditEntry.id)).where(
        AuditEntry.action == "submit_entry", AuditEntry.id > closed_at
    )
    assert session.scalar(later) == 0


def test_submitting_one_form_many_times_at_once_makes_one_version(
    app: Flask, session: Session
) -> None:
    of = make_round(session, make_competition(session))
    [entry] = drafts(session, of, 1)
    revision = session.get_one(Entry, entry).revision
    answers = race(app, [submitting(entry, NOW, revision=revision) for _ in range(8)])
    assert sorted(answer is True for answer in answers) == [False] * 7 + [True]
    assert [answer for answer in answers if isinstance(answer, DomainError)] == []
    assert session.scalars(select(EntryVersion.version)).all() == [1]


def test_submitting_different_drafts_at_once_loses_and_doubles_no_version(
    app: Flask, session: Session
) -> None:
    of = make_round(session, make_competition(session))
    [entry] = drafts(session, of, 1)
    answers = race(app, [submitting(entry, NOW, title=f"Title {n}") for n in range(8)])
    assert answers == [True] * 8
    versions = session.scalars(select(EntryVersion).order_by(EntryVersion.version)).all()
    assert [item.version for item in versions] == list(range(1, 9))
    titles = {item.content["title"]["en"] for item in versions}
    assert titles == {f"Title {n}" for n in range(8)}


def test_beginning_entries_at_once_gives_every_team_a_number_of_its_own(
    app: Flask, session: Session
) -> None:
    of = make_round(session, make_competition(session))
    track_id, round_id = of.competition.tracks[0].id, of.id
    teams = [make_team(session, of.competition, f"Team {n:02}").id for n in range(10)]

    def beginning(team_id: int) -> Callable[[Session], str]:
        def act(session: Session) -> str:
            return start_entry(
                session,
                actor=captain(session, team_id),
                team=session.get_one(Team, team_id),
                of=session.get_one(Round, round_id),
                track_id=track_id,
                now=NOW,
            ).number

        return act

    numbers = race(app, [beginning(team) for team in [*teams, *teams[:3]]])
    assert set(numbers) == {f"E-{n:03}" for n in range(1, 11)}
    assert numbers[10:] == numbers[:3]


def test_registering_one_person_in_two_teams_at_once_lets_one_of_them_in(
    app: Flask, session: Session
) -> None:
    competition_id = make_competition(session).id

    def registering(number: int) -> Callable[[Session], str]:
        def act(session: Session) -> str:
            team = register_team(
                session,
                actor=ANONYMOUS,
                competition=session.get_one(Competition, competition_id),
                team=TeamRequest(
                    f"Team {number}", "A new school", (Person("Wang Fang", "wang@x.example"),)
                ),
                captain=Person(f"Captain {number}", f"captain{number}@x.example"),
                password_hash="hashed",
                now=NOW,
            )
            return team.name

        return act

    answers = race(app, [registering(number) for number in range(6)])
    refused = [answer for answer in answers if isinstance(answer, Invalid)]
    assert len(refused) == 5
    assert {item.code for error in refused for item in error.problems} == {"person_in_other_team"}
    assert session.scalar(select(func.count(Team.id))) == 1
    assert session.scalar(select(func.count(Organization.id))) == 1
    assert session.scalar(select(func.count(Account.id))) == 2


def test_adding_files_at_once_keeps_within_the_quota(app: Flask, session: Session) -> None:
    of = make_round(session, make_competition(session))
    [entry_id] = drafts(session, of, 1)

    def adding(number: int) -> Callable[[Session], bool]:
        def act(session: Session) -> bool:
            entry = session.get_one(Entry, entry_id)
            add_files(
                session,
                actor=captain(session, entry.team_id),
                entry=entry,
                files=[ArrivedFile(f"{number}.pdf", "application/pdf", 400, f"{number:064x}")],
                quota=1000,
                now=NOW,
            )
            return True

        return act

    answers = race(app, [adding(number) for number in range(6)])
    assert [answer for answer in answers if answer is True] == [True, True]
    assert sum(item.size for item in session.get_one(Entry, entry_id).files) == 800
