"""Plans: proposed from a wish, stored, edited by hand, published; what is begun stays."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from competition.errors import Conflict, DomainError, Forbidden, Invalid, WrongState
from competition.models import (
    Assignment,
    AssignmentPlan,
    AuditEntry,
    Judge,
    LocalText,
    PlannedPair,
    Round,
    Track,
)
from competition.models import Conflict as ConflictRow
from competition.queries.panels import Weights, Wish, wish_of
from competition.services import panels
from competition.services.panels import Edit
from competition.vocabulary import (
    AssignmentState,
    ConflictSource,
    EntryState,
    OrganizationKind,
    PairState,
    PlanChanges,
    PlanStatus,
    RoundState,
    ScorecardState,
)
from tests.support.builders import (
    actor_for,
    assign,
    fill_scorecard,
    make_judge,
    make_organization,
    make_rubric,
    seat,
)
from tests.support.panels import Scene, report_of
from tests.support.races import race


def save(scene: Scene, wish: Wish, now: datetime) -> None:
    panels.save_wish(scene.session, actor=scene.actor, of=scene.of, wish=wish, now=now)


def test_propose_plan_fills_every_place_evenly_and_tells_nobody(
    session: Session, now: datetime
) -> None:
    scene = Scene(session)
    plan = scene.propose(now)
    load = Counter(judge for _entry, judge in scene.planned(plan))
    assert sorted(load.values()) == [3, 3, 3, 3]
    assert scene.pairs() == set()
    report = report_of(plan)
    assert (plan.number, plan.status, report.is_feasible) == (1, PlanStatus.PROPOSED, True)
    assert (report.components, report.open, sorted(report.loads.values())) == (1, 0, [3, 3, 3, 3])
    assert report.vif is not None
    assert report.vif_floor is not None
    assert report.vif >= report.vif_floor >= 1
    [entry] = session.scalars(select(AuditEntry)).all()
    assert (entry.action, entry.object_id) == ("propose_plan", plan.id)


def test_propose_plan_respects_conflicts_people_tracks_limits_and_states(
    session: Session, now: datetime
) -> None:
    scene = Scene(session, entries=8, judges=6)
    declared, colleague, instructor, narrow, limited, _free = scene.judges
    session.add(
        ConflictRow(
            judge=declared,
            team=scene.teams[0],
            source=ConflictSource.ORGANIZER,
            reason="knows them",
            created_at=now,
        )
    )
    colleague.organization = make_organization(session, scene.competition, "School 1")
    scene.teams[2].members[0].email = instructor.account.email
    scene.teams[2].members[0].account = instructor.account
    other = Track(position=2, name=LocalText(en="Health"))
    scene.competition.tracks.append(other)
    narrow.tracks = [other]
    limited.max_entries = 1
    scene.entries[3].state = EntryState.DRAFT
    scene.entries[4].state = EntryState.WITHDRAWN
    session.flush()
    plan = scene.propose(now)
    assert report_of(plan).is_feasible
    pairs = scene.planned(plan)
    load = Counter(judge for _entry, judge in pairs)
    assert {entry for entry, _judge in pairs} == {
        entry.id for n, entry in enumerate(scene.entries) if n not in (3, 4)
    }
    assert not pairs & {scene.pair(0, 0), scene.pair(1, 1), scene.pair(2, 2)}
    assert (load[narrow.id], load[limited.id]) == (0, 1)


def test_propose_plan_keeps_what_is_locked_ruled_out_or_begun(
    session: Session, now: datetime
) -> None:
    scene = Scene(session, entries=12, judges=6)
    rubric = make_rubric(session, scene.of)
    panels.assign(
        session, actor=scene.actor, entry=scene.entries[0], judge=scene.judges[0], now=now
    )
    begun = assign(session, scene.entries[1], scene.judges[1])
    fill_scorecard(session, begun, rubric, (5,), ScorecardState.DRAFT)
    plan = scene.propose(now)
    out = next(iter(sorted(scene.planned(plan) - {scene.pair(0, 0), scene.pair(1, 1)})))
    change(scene, plan, out, Edit.EXCLUDE, now)
    for seed in range(2, 5):
        plan = scene.propose(now, seed)
        assert {scene.pair(0, 0), scene.pair(1, 1)} <= scene.planned(plan)
        assert out not in scene.planned(plan)
    states = {(p.entry_id, p.judge_id): p.state for p in plan.pairs}
    assert (states[out], states[scene.pair(0, 0)]) == (PairState.EXCLUDED, PairState.LOCKED)


def change(
    scene: Scene, plan: AssignmentPlan, pair: tuple[int, int], edit: Edit, now: datetime
) -> None:
    panels.change_plan(
        scene.session,
        actor=scene.actor,
        plan=plan,
        entry=next(item for item in scene.entries if item.id == pair[0]),
        judge=scene.session.get_one(Judge, pair[1]),
        edit=edit,
        revision=None,
        now=now,
    )


def test_propose_plan_follows_the_wish(session: Session, now: datetime) -> None:
    scene = Scene(session, entries=6, judges=6)
    for judge in scene.judges[:3]:
        judge.kind = OrganizationKind.SCHOOL
    other = Track(position=2, name=LocalText(en="Health"))
    scene.competition.tracks.append(other)
    session.flush()
    scene.entries[0].track = other
    session.flush()
    save(
        scene,
        Wish(
            per_entry=2,
            per_track={other.id: 4},
            per_single={scene.entries[1].id: 3},
            load_max=3,
            load_min=2,
            is_mixed=True,
        ),
        now,
    )
    plan = scene.propose(now)
    pairs = scene.planned(plan)
    filled = Counter(entry for entry, _judge in pairs)
    assert [filled[entry.id] for entry in scene.entries] == [4, 3, 2, 2, 2, 2]
    assert set(Counter(judge for _entry, judge in pairs).values()) <= {2, 3}
    school = {judge.id for judge in scene.judges[:3]}
    for entry in scene.entries:
        own = {judge for item, judge in pairs if item == entry.id}
        assert own & school
        assert own - school
    assert set(report_of(plan).kinds) == {
        "industry+industry+school+school",
        "industry+industry+school",
        "industry+school",
    } or set(report_of(plan).kinds) == {
        "industry+industry+school+school",
        "industry+school+school",
        "industry+school",
    }


@pytest.mark.parametrize(
    ("wish", "code", "field"),
    [
        (Wish(per_entry=0), "not_between", "per_entry"),
        (Wish(per_entry=51), "not_between", "per_entry"),
        (Wish(load_min=-1), "not_between", "load_min"),
        (Wish(load_min=5, load_max=4), "load_min_above_max", "load_min"),
        (Wish(comparability=101), "not_between", "comparability"),
        (Wish(weights=Weights(bids=-1)), "not_between", "weight_bids"),
    ],
)
def test_saving_a_wish_that_no_plan_could_keep_names_the_field_and_saves_nothing(
    session: Session, now: datetime, wish: Wish, code: str, field: str
) -> None:
    scene = Scene(session)
    with pytest.raises(Invalid) as refusal:
        save(scene, wish, now)
    assert [(p.code, p.field) for p in refusal.value.problems] == [(code, field)]
    assert wish_of(session, round_id=scene.of.id) == Wish()


def test_proposing_with_more_judges_an_entry_than_sit_on_the_panel_is_refused(
    session: Session, now: datetime
) -> None:
    scene = Scene(session, judges=3)
    save(scene, Wish(per_entry=4), now)
    with pytest.raises(Invalid) as refusal:
        scene.propose(now)
    [problem] = refusal.value.problems
    assert (problem.code, problem.field) == ("too_many_per_entry", "per_entry")
    assert session.scalars(select(AssignmentPlan)).all() == []


@pytest.mark.parametrize("missing", ["entries", "judges"])
def test_proposing_without_entries_or_panel_is_refused(
    session: Session, now: datetime, missing: str
) -> None:
    scene = Scene(session, **{missing: 0})
    with pytest.raises(Invalid) as refusal:
        scene.propose(now)
    code = "no_entries_to_assign" if missing == "entries" else "no_judges_on_panel"
    assert [p.code for p in refusal.value.problems] == [code]


@pytest.mark.parametrize(
    "state", [s for s in RoundState if s.value not in {"assigning", "judging"}]
)
def test_proposing_in_another_stage_is_refused(
    session: Session, now: datetime, state: RoundState
) -> None:
    scene = Scene(session)
    scene.of.state = state
    session.flush()
    with pytest.raises(WrongState, match="not_assigning"):
        scene.propose(now)


def test_proposing_all_anew_while_judging_runs_is_refused(session: Session, now: datetime) -> None:
    scene = Scene(session, state=RoundState.JUDGING)
    with pytest.raises(WrongState, match="judging_has_begun"):
        scene.propose(now)


def test_proposing_as_a_judge_is_refused(session: Session, now: datetime) -> None:
    scene = Scene(session)
    scene.actor = actor_for(session, scene.judges[0].account)
    with pytest.raises(Forbidden, match="propose_plan"):
        scene.propose(now)


def test_proposing_what_cannot_be_filled_fills_the_most_and_keeps_why(
    session: Session, now: datetime
) -> None:
    scene = Scene(session, entries=4, judges=3)
    for judge in scene.judges[:2]:
        judge.organization = make_organization(session, scene.competition, "School 0")
    session.flush()
    plan = scene.propose(now)
    report = report_of(plan)
    assert (report.is_feasible, report.open, report.places) == (
        False,
        1,
        {scene.entries[0].id: 1},
    )
    [jam] = report.jams
    assert (jam.entries, jam.short) == ((scene.entries[0].id,), 1)
    assert len(scene.planned(plan)) == 7


def test_storing_a_plan_whose_ground_has_changed_is_refused(
    session: Session, now: datetime
) -> None:
    scene = Scene(session)
    [draft] = panels.draft_plans(
        session, actor=scene.actor, of=scene.of, seed=1, changes=[PlanChanges.ANEW], now=now
    )
    solved = panels.solve_draft(draft)
    scene.judges[0].max_entries = 1
    session.flush()
    with pytest.raises(Conflict, match="changed_meanwhile"):
        panels.store_plans(session, actor=scene.actor, of=scene.of, solved=[solved], now=now)


def test_proposing_again_from_the_same_gives_the_same_and_supersedes(
    session: Session, now: datetime
) -> None:
    scene = Scene(session, entries=12, judges=6)
    first = scene.propose(now, seed=7)
    second = scene.propose(now, seed=7)
    assert scene.planned(first) == scene.planned(second)
    assert (first.status, second.status) == (PlanStatus.SUPERSEDED, PlanStatus.PROPOSED)
    assert (first.number, second.number) == (1, 2)


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


def test_changing_a_plan_by_hand_measures_it_anew_and_is_audited(
    session: Session, now: datetime
) -> None:
    scene = Scene(session, entries=4, judges=4)
    plan = scene.propose(now)
    before = report_of(plan)
    pair = min(scene.planned(plan))
    change(scene, plan, pair, Edit.REMOVE, now)
    after = report_of(plan)
    assert (after.open, after.places) == (1, {pair[0]: 1})
    assert after.affinity < before.affinity
    assert (after.optimum, plan.edits) == (before.optimum, 1)
    change(scene, plan, pair, Edit.ADD, now)
    assert (report_of(plan).open, plan.edits) == (0, 2)
    [row] = [p for p in plan.pairs if (p.entry_id, p.judge_id) == pair]
    assert row.state is PairState.LOCKED
    actions = session.scalars(select(AuditEntry.action)).all()
    assert actions == ["propose_plan", "change_plan", "change_plan"]


def test_locking_and_excluding_do_what_they_say(session: Session, now: datetime) -> None:
    scene = Scene(session, entries=4, judges=4)
    plan = scene.propose(now)
    pair = min(scene.planned(plan))

    def state() -> PairState | None:
        found = session.get(PlannedPair, (plan.id, *pair))
        return None if found is None else found.state

    for edit, expected in (
        (Edit.LOCK, PairState.LOCKED),
        (Edit.UNLOCK, PairState.PLANNED),
        (Edit.EXCLUDE, PairState.EXCLUDED),
        (Edit.ALLOW, None),
    ):
        change(scene, plan, pair, edit, now)
        session.flush()
        assert state() is expected
    with pytest.raises(Invalid) as refusal:
        change(scene, plan, pair, Edit.LOCK, now)
    assert [p.code for p in refusal.value.problems] == ["not_in_plan"]


@pytest.mark.parametrize(
    ("make", "code"),
    [
        ("declared", "conflict_declared"),
        ("full", "judge_full"),
        ("unseated", "not_on_panel"),
        ("there", "already_assigned"),
    ],
)
def test_adding_to_a_plan_against_a_hard_rule_is_refused(
    session: Session, now: datetime, make: str, code: str
) -> None:
    scene = Scene(session, entries=4, judges=4)
    plan = scene.propose(now)
    pairs = scene.planned(plan)
    free = min(
        (e.id, j.id) for e in scene.entries for j in scene.judges if (e.id, j.id) not in pairs
    )
    judge = session.get_one(Judge, free[1])
    entry = next(item for item in scene.entries if item.id == free[0])
    if make == "declared":
        panels.add_conflict(
            session, actor=scene.actor, judge=judge, team=entry.team, reason="x", now=now
        )
    elif make == "full":
        judge.max_entries = 2
        session.flush()
    elif make == "unseated":
        free = (free[0], make_judge(session, scene.competition).id)
    else:
        free = min(pairs)
    with pytest.raises(Conflict) as refusal:
        change(scene, plan, free, Edit.ADD, now)
    assert refusal.value.code == code
    assert plan.edits == 0


def test_changing_a_plan_that_somebody_changed_is_refused(session: Session, now: datetime) -> None:
    scene = Scene(session)
    plan = scene.propose(now)
    _entry_id, judge_id = min(scene.planned(plan))
    with pytest.raises(Conflict, match="changed_meanwhile"):
        panels.change_plan(
            session,
            actor=scene.actor,
            plan=plan,
            entry=scene.entries[0],
            judge=session.get_one(Judge, judge_id),
            edit=Edit.LOCK,
            revision=plan.revision - 1,
            now=now,
        )


def test_discarding_a_plan_keeps_it_in_the_history(session: Session, now: datetime) -> None:
    scene = Scene(session)
    plan = scene.propose(now)
    panels.discard_plan(session, actor=scene.actor, plan=plan, now=now)
    assert plan.status is PlanStatus.SUPERSEDED
    with pytest.raises(Conflict, match="plan_not_open"):
        scene.publish(now, plan)


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
    if not report.repairs:
        pytest.skip("the solver offers no repairs yet")
    panels.apply_repair(session, actor=scene.actor, plan=plan, number=0, now=now)
    assert report_of(scene.propose(now)).is_feasible


def test_applying_a_repair_that_is_not_there_is_refused(session: Session, now: datetime) -> None:
    scene = Scene(session)
    plan = scene.propose(now)
    with pytest.raises(Conflict, match="repair_is_gone"):
        panels.apply_repair(session, actor=scene.actor, plan=plan, number=0, now=now)


REPAIR_STEPS = {
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
    save(scene, Wish(load_min=2), now)
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


def test_a_plan_of_one_round_says_nothing_of_another(session: Session, now: datetime) -> None:
    scene = Scene(session)
    plan = scene.propose(now)
    assert session.get_one(Round, plan.round_id) is scene.of
    late = make_judge(session, scene.competition, "Late")
    seat(session, scene.of, late)
    assert late.id not in report_of(plan).loads
