"""Ways out of what cannot be filled, and changes while judging runs."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from competition.errors import Conflict
from competition.models import (
    Assignment,
)
from competition.queries.panels import Wish, wish_of
from competition.services import panels
from competition.vocabulary import (
    AssignmentState,
    PlanChanges,
    RoundState,
    ScorecardState,
)
from tests.support.builders import (
    make_rubric,
)
from tests.support.panels import Scene, report_of
from tests.support.scorecards import fill_scorecard


def test_drop_out_frees_what_is_not_begun_sets_drafts_aside_and_keeps_the_rest(
    session: Session, now: datetime
) -> None:
    scene = Scene(session, entries=6, judges=5)
    rubric = make_rubric(session, scene.of)
    scene.publish(now)
    scene.of.state = RoundState.JUDGING
    judge = scene.judges[0]
    own = session.scalars(
        select(Assignment).where(Assignment.judge_id == judge.id).order_by(Assignment.entry_id)
    ).all()
    done = fill_scorecard(session, own[0], rubric, (5, 6))
    draft = fill_scorecard(session, own[1], rubric, (5,), ScorecardState.DRAFT)
    others = {pair for pair in scene.pairs() if pair[1] != judge.id}
    lost = panels.drop_out(
        session, actor=scene.actor, judge=judge, of=scene.of, reason="ill", now=now
    )
    assert lost == len(own) - 1
    assert scene.pairs() == others | {(own[0].entry_id, judge.id)}
    assert (own[1].state, own[1].recusal_reason) == (AssignmentState.RECUSED, "ill")
    for card, state in ((done, ScorecardState.SUBMITTED), (draft, ScorecardState.DRAFT)):
        session.refresh(card)
        assert (card.state, card.revision) == (state, 1)
    with pytest.raises(Conflict, match="not_on_panel"):
        panels.drop_out(
            session, actor=scene.actor, judge=judge, of=scene.of, reason="again", now=now
        )


def test_fewest_changes_after_a_drop_out_replaces_exactly_the_pairs_lost(
    session: Session, now: datetime
) -> None:
    scene = Scene(session, entries=12, judges=8)
    scene.publish(now)
    scene.of.state = RoundState.JUDGING
    session.flush()
    before = scene.pairs()
    lost = {pair for pair in before if pair[1] == scene.judges[2].id}
    panels.drop_out(
        session, actor=scene.actor, judge=scene.judges[2], of=scene.of, reason="ill", now=now
    )
    plan = scene.propose(now, changes=PlanChanges.FEWEST)
    after = scene.planned(plan)
    assert before - after == lost
    assert len(after - before) == len(lost)
    assert Counter(e for e, _j in after - before) == Counter(e for e, _j in lost)
    scene.publish(now, plan)
    assert scene.pairs() == after


def test_asking_for_a_further_judge_opens_one_place(session: Session, now: datetime) -> None:
    scene = Scene(session)
    scene.publish(now)
    scene.of.state = RoundState.JUDGING
    session.flush()
    panels.ask_further_judge(session, actor=scene.actor, entry=scene.entries[0], now=now)
    plan = scene.propose(now, changes=PlanChanges.FEWEST)
    new = scene.planned(plan) - scene.pairs()
    assert [entry for entry, _judge in new] == [scene.entries[0].id]
    assert scene.pairs() <= scene.planned(plan)


def test_applying_a_repair_raises_limits_and_solves(session: Session, now: datetime) -> None:
    scene = Scene(session, entries=6, judges=3)
    for judge in scene.judges:
        judge.max_entries = 3
    session.flush()
    plan = scene.propose(now)
    report = report_of(plan)
    assert report.open == 3
    assert report.repairs
    panels.apply_repair(session, actor=scene.actor, plan=plan, number=0, now=now)
    assert report_of(scene.propose(now)).is_feasible


def test_applying_a_repair_that_is_not_there_is_refused(session: Session, now: datetime) -> None:
    scene = Scene(session)
    plan = scene.propose(now)
    with pytest.raises(Conflict, match="repair_is_gone"):
        panels.apply_repair(session, actor=scene.actor, plan=plan, number=0, now=now)


REPAIR_STEPS: dict[str, dict[str, Any]] = {
    "fewer_judges": {"entry": 0},
    "raise_limit": {"judge": 0},
    "lower_minimum": {"judge": 0},
    "lift_kind": {"entry": 0, "kind": "school"},
    "lift_organization": {"entry": 0, "organization": 1},
}


@pytest.mark.parametrize("remedy", REPAIR_STEPS)
def test_applying_each_kind_of_step_changes_what_it_names(
    session: Session, now: datetime, remedy: str
) -> None:
    scene = Scene(session)
    scene.judges[0].max_entries = 4
    scene.wish(Wish(load_min=2), now)
    plan = scene.propose(now)
    spec = dict(REPAIR_STEPS[remedy])
    step = {"remedy": remedy, "by": 1, **spec}
    if "entry" in spec:
        step["entry"] = scene.entries[0].id
    if "judge" in spec:
        step["judge"] = scene.judges[0].id
    plan.report = {**plan.report, "repairs": [[step]]}
    session.flush()
    panels.apply_repair(session, actor=scene.actor, plan=plan, number=0, now=now)
    wish = wish_of(session, round_id=scene.of.id)
    entry, judge = scene.entries[0], scene.judges[0]
    expected = {
        "fewer_judges": replace(Wish(load_min=2), per_single={entry.id: 1}),
        "raise_limit": Wish(load_min=2),
        "lower_minimum": replace(Wish(load_min=2), per_judge_min={judge.id: 1}),
        "lift_kind": replace(Wish(load_min=2), lifted=((entry.id, "school"),)),
        "lift_organization": replace(Wish(load_min=2), lifted=((entry.id, 1),)),
    }
    assert wish == expected[remedy]
    assert judge.max_entries == (5 if remedy == "raise_limit" else 4)


def test_applying_a_repair_that_waives_a_conflict_is_left_to_a_person(
    session: Session, now: datetime
) -> None:
    scene = Scene(session)
    panels.add_conflict(
        session,
        actor=scene.actor,
        judge=scene.judges[0],
        team=scene.teams[0],
        reason="x",
        now=now,
    )
    plan = scene.propose(now)
    entry_id, judge_id = scene.pair(0, 0)
    step = {"remedy": "waive_conflict", "entry": entry_id, "judge": judge_id, "by": 1}
    plan.report = {**plan.report, "repairs": [[step]]}
    session.flush()
    with pytest.raises(Conflict, match="repair_needs_decision"):
        panels.apply_repair(session, actor=scene.actor, plan=plan, number=0, now=now)
