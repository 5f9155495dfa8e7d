"""Builds the demo competition through the services, as people would: every rule holds for it.

Two rounds: the preliminary one is published, the final is in the middle of judging. All of it
follows from the seed and from `now`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from competition.adapters.storage import FolderStorage
from competition.demo import content
from competition.demo.simulation import Judging
from competition.models import (
    Account,
    Assignment,
    Competition,
    Entry,
    Judge,
    LocalText,
    Publication,
    Round,
    Rubric,
    Team,
)
from competition.policies import ANONYMOUS, SYSTEM, Actor
from competition.queries.people import account_by_email, actor_of
from competition.queries.results import Line
from competition.queries.rubrics import rubric_of
from competition.services import panels, people, results, rounds, rubrics, scorecards
from competition.services.organizations import find_or_create_organization
from competition.services.submissions.entries import edit_entry, start_entry, submit_entry
from competition.services.submissions.files import ArrivedFile, add_files
from competition.services.submissions.screening import mark_all_eligible
from competition.services.submissions.teams import Person, TeamRequest, register_team
from competition.vocabulary import (
    AssignmentState,
    CompetitionState,
    OrganizationKind,
    Role,
    RoundState,
    Weighting,
)

SLUG = "aiac-2026"
SEED = 20261122
ZONE = ZoneInfo("Asia/Shanghai")
ADVANCING = 5
"""Entries of each track that go on to the final."""
DOMAIN = "demo.example"


@dataclass
class Calendar:
    """Instants of the demo, counted in days from the one at which it is loaded."""

    now: datetime

    def day(self, days: int, hour: int = 10, minute: int = 0) -> datetime:
        local = self.now.astimezone(ZONE).date() + timedelta(days=days)
        return datetime.combine(local, time(hour, minute), ZONE)

    def end_of(self, days: int) -> datetime:
        """24:00 of that day."""
        return self.day(days + 1, 0)


@dataclass
class Demo:
    """What the steps below hand on to each other."""

    session: Session
    calendar: Calendar
    storage: FolderStorage
    organizer: Actor = SYSTEM
    competition: Competition = field(init=False)
    judges: list[Judge] = field(default_factory=list)
    judging: Judging = field(init=False)


def build(session: Session, *, now: datetime, data_path: Path) -> Competition:
    """Make the demo competition, in the open write transaction of `session`."""
    demo = Demo(session, Calendar(now), FolderStorage(data_path))
    demo.judging = Judging.draw(
        entries=sum(map(len, content.ENTRIES)),
        judges=len(content.SCHOOL_JUDGES) + len(content.INDUSTRY_JUDGES),
        seed=SEED,
    )
    open_competition(demo)
    first, final = (add_round(demo, number) for number in (1, 2))
    open_registration(demo, first, final)
    enter_teams(demo, first)
    invite_judges(demo, first, final)
    move_competition(demo, CompetitionState.JUDGING, now=demo.calendar.day(-23))
    judge_preliminary(demo, first)
    publication = publish(demo, first)
    judge_final(demo, final, publication)
    return demo.competition


def text(pair: content.Pair) -> LocalText:
    return LocalText(en=pair[0], zh=pair[1])


def open_competition(demo: Demo) -> None:
    """The operator creates it and invites people; the organizer names tracks and schools."""
    session, calendar = demo.session, demo.calendar
    start = calendar.day(-40)
    people.make_operator(
        session, actor=SYSTEM, account=invited(demo, "operator", "马骁", start), now=start
    )
    organizer = invited(demo, "organizer", "周敏", start)
    demo.competition = rounds.create_competition(
        session,
        actor=SYSTEM,
        settings=rounds.CompetitionSettings(
            slug=SLUG,
            name=text(content.NAME),
            summary=text(content.SUMMARY),
            contact_email=f"contest@{DOMAIN}",
            registration_closes_at=calendar.end_of(-24),
        ),
        now=start,
    )
    for account, role in (
        (organizer, Role.ORGANIZER),
        (invited(demo, "committee", "梁启东", start), Role.COMMITTEE),
        (invited(demo, "observer", "孔令仪", start), Role.OBSERVER),
    ):
        people.grant_role(
            session,
            actor=SYSTEM,
            competition=demo.competition,
            account=account,
            role=role,
            now=start,
        )
    demo.organizer = actor_of(session, organizer)
    rounds.set_tracks(
        session,
        actor=demo.organizer,
        competition=demo.competition,
        rows=[rounds.TrackRow(name=text(pair)) for pair in content.TRACKS],
        revision=demo.competition.revision,
        now=start,
    )
    for pairs, kind in (
        (content.SCHOOLS, OrganizationKind.SCHOOL),
        (content.COMPANIES, OrganizationKind.INDUSTRY),
    ):
        for pair in pairs:
            made = find_or_create_organization(
                session,
                actor=SYSTEM,
                competition=demo.competition,
                name=pair[0],
                kind=kind,
                now=start,
            )
            made.name = text(pair)
    session.flush()


def invited(demo: Demo, name: str, full_name: str, now: datetime) -> Account:
    return people.find_or_create_account(
        demo.session, actor=SYSTEM, email=f"{name}@{DOMAIN}", name=full_name, now=now
    )


def add_round(demo: Demo, number: int) -> Round:
    """A round with its rubric, receiving entries."""
    session, calendar = demo.session, demo.calendar
    made_at = calendar.day(-39)
    days = (-38, -21, -9) if number == 1 else (-8, -5, 5)
    settings = rounds.RoundSettings(
        name=text(content.PRELIMINARY if number == 1 else content.FINAL),
        opens_at=calendar.day(days[0]),
        submissions_close_at=calendar.end_of(days[1]),
        judging_closes_at=calendar.end_of(days[2]),
        judges_per_entry=3 if number == 1 else 5,
        spread_threshold=Decimal(30),
        scoring={"method": "additive", "unit": "scorecard", "round": {"total": 2}},
    )
    made = rounds.add_round(
        session, actor=demo.organizer, competition=demo.competition, settings=settings, now=made_at
    )
    rubrics.write_rubric(
        session,
        actor=demo.organizer,
        round_=made,
        weighting=Weighting.PERCENT,
        rows=list(criterion_rows()),
        revision=session.scalars(select(Rubric.revision).where(Rubric.round_id == made.id)).one(),
        now=made_at,
    )
    return made


def open_registration(demo: Demo, *of: Round) -> None:
    now = demo.calendar.day(-38)
    move_competition(demo, CompetitionState.OPEN, now)
    for item in of:
        move(demo, item, RoundState.RECEIVING, now)


def move_competition(demo: Demo, target: CompetitionState, now: datetime) -> None:
    rounds.move_competition(
        demo.session,
        actor=demo.organizer,
        competition=demo.competition,
        target=target,
        is_sure=True,
        now=now,
    )


def criterion_rows() -> Iterator[rubrics.CriterionRow]:
    for name, question, weight, levels in content.CRITERIA:
        yield rubrics.CriterionRow(
            name=text(name),
            description=text(question),
            weight=Decimal(weight),
            scale_min=Decimal(1),
            scale_max=Decimal(10),
            step=Decimal(1),
            is_reason_required=name[0] == "Engineering",
            levels=[
                rubrics.LevelRow(low=Decimal(low), high=Decimal(low + 1), text=text(pair))
                for low, pair in zip(range(1, 11, 2), levels, strict=True)
            ],
        )


def move(demo: Demo, of: Round, target: RoundState, now: datetime) -> None:
    rounds.move_round(
        demo.session, actor=demo.organizer, round_=of, target=target, is_sure=True, now=now
    )


def enter_teams(demo: Demo, of: Round) -> None:
    """Sixty teams register, and submit an entry with a report."""
    random = np.random.default_rng((SEED, 4))
    works = [(t, work) for t, works in enumerate(content.ENTRIES) for work in works]
    order = random.permutation(len(works))
    for number, (track, work) in enumerate((works[i] for i in order), start=1):
        registered = demo.calendar.day(-37 + number // 5, 9, number % 60)
        actor, team = register(demo, number, random, registered)
        entry = start_entry(
            demo.session,
            actor=actor,
            team=team,
            of=of,
            track_id=demo.competition.tracks[track].id,
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
                    max_entries=12,
                ),
                rounds=of if number % 2 == 0 else of[:1],
                now=demo.calendar.day(-25),
            )
        )


def assign(demo: Demo, of: Round, day: int) -> None:
    """Screening is done, judges are assigned and told, judging begins."""
    now = demo.calendar.day(day)
    move(demo, of, RoundState.SCREENING, now)
    mark_all_eligible(demo.session, actor=demo.organizer, of=of, now=now)
    move(demo, of, RoundState.ASSIGNING, now)
    panels.propose_assignments(demo.session, actor=demo.organizer, of=of, seed=SEED, now=now)
    panels.confirm_assignments(demo.session, actor=demo.organizer, of=of, now=now)
    move(demo, of, RoundState.JUDGING, now)


def assignments(demo: Demo, of: Round) -> Sequence[tuple[Assignment, int, int]]:
    """Each assignment with the places of judge and entry in the simulation."""
    place = {judge.id: number for number, judge in enumerate(demo.judges)}
    works = [work[0] for works in content.ENTRIES for work in works]
    found = demo.session.scalars(
        select(Assignment)
        .join(Assignment.entry)
        .where(Assignment.round_id == of.id, Assignment.state == AssignmentState.CONFIRMED)
        .order_by(Assignment.judge_id, Entry.number)
    ).all()
    return [(item, place[item.judge_id], works.index(item.entry.title.en)) for item in found]


def fill_scorecard(
    demo: Demo, item: Assignment, judge: int, entry: int, now: datetime, *, criteria: int = 5
) -> Actor:
    """Save the first `criteria` ratings as a draft."""
    rubric = rubric_of(demo.session, item.round_id)
    if rubric is None:  # pragma: no cover  add_round has written it
        raise LookupError(item.round_id)
    actor = actor_of(demo.session, item.judge.account)
    values = demo.judging.ratings(judge, entry)[:criteria]
    chosen = list(zip(rubric.criteria, values, strict=False))
    scorecards.save_draft(
        demo.session,
        actor=actor,
        assignment_id=item.id,
        filled=scorecards.Filled(
            ratings={criterion.id: Decimal(value) for criterion, value in chosen},
            reasons={
                criterion.id: content.REASONS[judge % 2]
                for criterion, value in chosen
                if criterion.is_reason_required and value in (1, 2, 9, 10)
            },
            comment=demo.judging.comment(judge, entry) if criteria == len(values) == 5 else "",
        ),
        revision=0,
        now=now,
    )
    return actor


def submit(demo: Demo, item: Assignment, judge: int, entry: int, now: datetime) -> None:
    actor = fill_scorecard(demo, item, judge, entry, now)
    later = now + timedelta(minutes=demo.judging.minutes(judge, entry))
    scorecards.submit_scorecard(
        demo.session, actor=actor, assignment_id=item.id, revision=1, now=later
    )


def judge_preliminary(demo: Demo, of: Round) -> None:
    assign(demo, of, -20)
    for number, (item, judge, entry) in enumerate(assignments(demo, of)):
        start = demo.calendar.day(-19 + number % 9, 9 + judge % 10, number % 60)
        submit(demo, item, judge, entry, start)
    move(demo, of, RoundState.LOCKED, demo.calendar.day(-8))


def publish(demo: Demo, of: Round) -> Publication:
    now = demo.calendar.day(-8, 18)
    run = results.compute(demo.session, actor=demo.organizer, of=of, now=now, seed=SEED)
    return results.publish(demo.session, actor=demo.organizer, run=run, instead_of=None, now=now)


def judge_final(demo: Demo, of: Round, publication: Publication) -> None:
    """The best of each track go on; judges are in the middle of their work, some of it odd."""
    session = demo.session
    results.advance(
        session,
        actor=demo.organizer,
        publication=publication,
        to_round=of,
        line=Line(top=ADVANCING),
        already=0,
        now=demo.calendar.day(-7),
    )
    assign(demo, of, -4)
    for number, (item, judge, entry) in enumerate(assignments(demo, of)):
        start = demo.calendar.day(-3 + number % 3, 9 + judge % 10, number % 60)
        match number % 7:
            case 0 | 1 | 2 | 3:
                submit(demo, item, judge, entry, start)
            case 4:
                fill_scorecard(demo, item, judge, entry, start, criteria=3)
        if number == 7:
            scorecards.return_scorecard(
                session,
                actor=demo.organizer,
                assignment_id=item.id,
                reason="工程实现与评语不一致，请核对后再提交。",
                now=start + timedelta(hours=3),
            )
        if number == 6:
            panels.recuse(
                session,
                actor=actor_of(session, item.judge.account),
                assignment=item,
                reason="曾指导过该团队。",
                now=start,
            )


def people_by_role(session: Session) -> Sequence[tuple[str, Account]]:
    """One person of each role, to sign in as."""
    names = {
        "operator": "operator",
        "organizer": "organizer",
        "committee": "committee",
        "judge": "judge03",
        "team": "captain.team07",
        "observer": "observer",
    }
    found = []
    for role, name in names.items():
        account = account_by_email(session, f"{name}@{DOMAIN}")
        if account is not None:
            found.append((role, account))
    return found
