"""Publishing a plan: judges are told, what is begun stays, one organizer at a time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import datetime

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from competition.errors import Conflict, DomainError
from competition.models import (
    Assignment,
    AssignmentPlan,
    Judge,
)
from competition.services import panels
from competition.vocabulary import (
    AssignmentState,
    EntryState,
    PlanChanges,
    PlanStatus,
    RoundState,
    ScorecardState,
)
from tests.support.builders import (
    actor_for,
    assign,
    make_rubric,
)
from tests.support.panels import Scene
from tests.support.races import race
from tests.support.scorecards import fill_scorecard


def test_publishing_tells_the_judges_and_supersedes_the_last(
    session: Session, now: datetime
) -> None:
    scene = Scene(session)
    first = scene.propose(now)
    done = scene.publish(now, first)
    assert (done.added, done.removed, done.kept) == (12, 0, 0)
    assert scene.pairs() == scene.planned(first)
    assert set(session.scalars(select(Assignment.state))) == {AssignmentState.CONFIRMED}
    second = scene.propose(now, seed=3)
    done = scene.publish(now, second)
    assert done.kept + done.added == 12
    assert scene.pairs() == scene.planned(second)
    session.refresh(first)
    assert (first.status, second.status) == (PlanStatus.SUPERSEDED, PlanStatus.PUBLISHED)
    with pytest.raises(Conflict, match="plan_not_open"):
        scene.publish(now, second)


def test_publishing_keeps_work_begun_after_the_plan_was_made(
    session: Session, now: datetime
) -> None:
    scene = Scene(session, entries=4, judges=4)
    rubric = make_rubric(session, scene.of)
    plan = scene.propose(now)
    extra = next(
        pair
        for pair in ((e.id, j.id) for e in scene.entries for j in scene.judges)
        if pair not in scene.planned(plan)
    )
    entry = next(e for e in scene.entries if e.id == extra[0])
    judge = next(j for j in scene.judges if j.id == extra[1])
    begun = assign(session, entry, judge)
    card = fill_scorecard(session, begun, rubric, (5,), ScorecardState.DRAFT)
    scene.publish(now, plan)
    assert scene.pairs() == scene.planned(plan) | {extra}
    session.refresh(card)
    assert (card.state, card.revision) == (ScorecardState.DRAFT, 1)


@pytest.mark.parametrize("change", ["conflict", "recused", "unseated"])
def test_publishing_a_plan_that_is_out_of_date_is_refused(
    session: Session, now: datetime, change: str
) -> None:
    scene = Scene(session)
    plan = scene.propose(now)
    entry_id, judge_id = min(scene.planned(plan))
    judge = session.get_one(Judge, judge_id)
    entry = next(item for item in scene.entries if item.id == entry_id)
    if change == "conflict":
        panels.add_conflict(
            session, actor=scene.actor, judge=judge, team=entry.team, reason="x", now=now
        )
    elif change == "recused":
        assign(session, entry, judge, AssignmentState.RECUSED, recusal_reason="x")
    else:
        panels.unseat(session, actor=scene.actor, judge=judge, of=scene.of, now=now)
    with pytest.raises(Conflict) as refusal:
        scene.publish(now, plan)
    assert refusal.value.code == "plan_out_of_date"
    assert f"{entry.number} / {judge.account.name}" in refusal.value.facts["pairs"]
    assert scene.pairs() == set()


def test_publishing_leaves_out_an_entry_withdrawn_meanwhile(
    session: Session, now: datetime
) -> None:
    scene = Scene(session)
    plan = scene.propose(now)
    scene.entries[0].state = EntryState.WITHDRAWN
    session.flush()
    assert scene.publish(now, plan).added == 10


def test_publishing_at_once_lets_one_organizer_through(
    app: Flask, session: Session, now: datetime
) -> None:
    scene = Scene(session)
    [fewest, small] = panels.store_plans(
        session,
        actor=scene.actor,
        of=scene.of,
        solved=[
            panels.solve_draft(draft)
            for draft in panels.draft_plans(
                session,
                actor=scene.actor,
                of=scene.of,
                seed=1,
                changes=[PlanChanges.FEWEST, PlanChanges.SMALL],
                now=now,
            )
        ],
        now=now,
    )
    actor, ids = scene.actor, [fewest.id, small.id]

    def publishing(plan_id: int) -> Callable[[Session], panels.Published]:
        def work(own: Session) -> panels.Published:
            plan = own.get_one(AssignmentPlan, plan_id)
            return panels.publish_plan(own, actor=actor, plan=plan, revision=None, now=now)

        return work

    outcomes = race(app, [publishing(plan_id) for plan_id in (*ids, *ids)])
    done = [item for item in outcomes if isinstance(item, panels.Published)]
    refused = [item.code for item in outcomes if isinstance(item, DomainError)]
    assert (len(done), refused) == (1, ["plan_not_open"] * 3)
    session.expire_all()
    assert Counter(entry for entry, _judge in scene.pairs()) == Counter(
        {entry.id: 2 for entry in scene.entries}
    )
    assert sorted(session.scalars(select(AssignmentPlan.status))) == [
        PlanStatus.PUBLISHED,
        PlanStatus.SUPERSEDED,
    ]


def test_recusing_while_a_plan_is_published_leaves_no_entry_in_conflict(
    app: Flask, session: Session, now: datetime
) -> None:
    scene = Scene(session, state=RoundState.ASSIGNING)
    scene.publish(now)
    scene.of.state = RoundState.JUDGING
    session.flush()
    plan = scene.propose(now, seed=5, changes=PlanChanges.SMALL)
    assignment = session.scalars(select(Assignment).order_by(Assignment.id)).first()
    assert assignment is not None
    judge_actor = actor_for(session, assignment.judge.account)
    actor, plan_id, assignment_id = scene.actor, plan.id, assignment.id
    pair = (assignment.entry_id, assignment.judge_id)

    def publishing(own: Session) -> object:
        plan = own.get_one(AssignmentPlan, plan_id)
        return panels.publish_plan(own, actor=actor, plan=plan, revision=None, now=now)

    def recusing(own: Session) -> str:
        own_one = own.get_one(Assignment, assignment_id)
        panels.recuse(own, actor=judge_actor, assignment=own_one, reason="my student", now=now)
        return "recused"

    outcomes = race(app, [publishing, recusing])
    assert outcomes[1] == "recused"
    assert isinstance(outcomes[0], panels.Published) or outcomes[0].code == "plan_out_of_date"
    session.expire_all()
    assert pair not in scene.pairs()
