"""Judges are assigned and score; the preliminary round is published, the final is under way."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial

from sqlalchemy import select
from sqlalchemy.orm import contains_eager

from competition.demo import content
from competition.demo.assigning import collect_bids, work_out_changes
from competition.demo.stage import SEED, Demo, move
from competition.models import Assignment, Criterion, Entry, Publication, Round
from competition.policies import Actor
from competition.queries.people import actor_of
from competition.queries.results import Line
from competition.queries.rubrics import rubric_of
from competition.services import panels, results, scorecards
from competition.services.submissions.screening import mark_all_eligible
from competition.vocabulary import AssignmentState, RoundState

ADVANCING = 5
"""Entries of each track that go on to the final."""


BIDDING = timedelta(hours=7)
RECUSED, RETURNED = 6, 7
"""Which of the final's assignments are given back by the judge, and by the organizer."""


def assign(demo: Demo, of: Round, day: int) -> None:
    """Screening is done, judges are assigned and told, judging begins."""
    now = demo.calendar.day(day)
    move(demo, of, RoundState.SCREENING, now)
    mark_all_eligible(demo.session, actor=demo.organizer, of=of, now=now)
    move(demo, of, RoundState.ASSIGNING, now)
    if of.position > 1:
        collect_bids(demo, of, now)
        now += BIDDING
    plan = panels.propose_plan(demo.session, actor=demo.organizer, of=of, seed=SEED, now=now)
    panels.publish_plan(demo.session, actor=demo.organizer, plan=plan, revision=None, now=now)
    move(demo, of, RoundState.JUDGING, now)


@dataclass(frozen=True)
class Work:
    """What one judge does with one entry.

    Attributes
    ----------
    actor : Actor
        The judge, who signs in once for all entries.
    judge, entry : int
        Places in the simulation.
    criteria : sequence of Criterion
        The rubric is frozen while judges work with it.
    """

    assignment: Assignment
    actor: Actor
    judge: int
    entry: int
    criteria: Sequence[Criterion]


def work_of(demo: Demo, of: Round) -> list[Work]:
    """The work of a round, judge by judge."""
    rubric = rubric_of(demo.session, of.id)
    if rubric is None:  # pragma: no cover  add_round has written it
        raise LookupError(of.id)
    place = {judge.id: number for number, judge in enumerate(demo.judges)}
    actors = {judge.id: actor_of(demo.session, judge.account) for judge in demo.judges}
    titles = [work[0] for works in content.ENTRIES for work in works]
    found = demo.session.scalars(
        select(Assignment)
        .join(Assignment.entry)
        .where(Assignment.round_id == of.id, Assignment.state == AssignmentState.CONFIRMED)
        .options(contains_eager(Assignment.entry))
        .order_by(Assignment.judge_id, Entry.number)
    )
    return [
        Work(
            item,
            actors[item.judge_id],
            place[item.judge_id],
            titles.index(item.entry.title.en),
            rubric.criteria,
        )
        for item in found
    ]


def rate(demo: Demo, work: Work, now: datetime, *, criteria: int = 5) -> None:
    """Save the first `criteria` ratings as a draft."""
    values = demo.judging.ratings(work.judge, work.entry)[:criteria]
    chosen = list(zip(work.criteria, values, strict=False))
    is_whole = criteria == len(content.CRITERIA)
    scorecards.save_draft(
        demo.session,
        actor=work.actor,
        assignment_id=work.assignment.id,
        filled=scorecards.Filled(
            ratings={criterion.id: Decimal(value) for criterion, value in chosen},
            reasons={
                criterion.id: content.REASONS[work.judge % 2]
                for criterion, value in chosen
                if criterion.is_reason_required and value in (1, 2, 9, 10)
            },
            comment=demo.judging.comment(work.judge, work.entry) if is_whole else "",
        ),
        revision=0,
        now=now,
    )


def submit(demo: Demo, work: Work, now: datetime) -> None:
    scorecards.submit_scorecard(
        demo.session, actor=work.actor, assignment_id=work.assignment.id, revision=1, now=now
    )


Event = tuple[datetime, Callable[[], object]]


def judging_of(demo: Demo, work: Work, start: datetime) -> list[Event]:
    """One judge's work on one entry: a draft, and submitting it some minutes later."""
    end = start + timedelta(minutes=demo.judging.minutes(work.judge, work.entry))
    return [
        (start, partial(rate, demo, work, start)),
        (end, partial(submit, demo, work, end)),
    ]


def happen(events: Iterable[Event]) -> None:
    """Let everything happen in the order of time, as the log shows it."""
    for _at, act in sorted(events, key=lambda event: event[0]):
        act()


def judge_preliminary(demo: Demo, of: Round) -> None:
    assign(demo, of, -20)
    events: list[Event] = []
    for number, work in enumerate(work_of(demo, of)):
        start = demo.calendar.day(-19 + number % 9, 9 + work.judge % 10, number % 60)
        events += judging_of(demo, work, start)
    happen(events)
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
    events: list[Event] = []
    for number, work in enumerate(work_of(demo, of)):
        start = demo.calendar.day(-3 + number % 3, 9 + work.judge % 10, number % 60)
        if number == RECUSED:
            events.append((start, partial(step_back, demo, work, start)))
        elif number % 7 < 4:
            events += judging_of(demo, work, start)
        elif number % 7 == 4:
            events.append((start, partial(rate, demo, work, start, criteria=3)))
        if number == RETURNED:
            later = start + timedelta(hours=3)
            events.append((later, partial(send_back, demo, work, later)))
    happen(events)
    work_out_changes(demo, of, demo.calendar.now)


def step_back(demo: Demo, work: Work, now: datetime) -> None:
    panels.recuse(
        demo.session,
        actor=work.actor,
        assignment=work.assignment,
        reason="曾指导过该团队。",
        now=now,
    )


def send_back(demo: Demo, work: Work, now: datetime) -> None:
    scorecards.return_scorecard(
        demo.session,
        actor=demo.organizer,
        assignment_id=work.assignment.id,
        reason="工程实现与评语不一致，核对后再提交。",
        now=now,
    )
