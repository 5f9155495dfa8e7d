"""Plans: proposed from a wish, the same from the same, explained where they cannot be filled."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from competition.errors import Conflict, Forbidden, Invalid, WrongState
from competition.models import (
    AssignmentPlan,
    AuditEntry,
    Bid,
    LocalText,
    Round,
    Track,
)
from competition.models import Conflict as ConflictRow
from competition.queries.panels import Weights, Wish, wish_of
from competition.services import panels
from competition.services.panels import Edit
from competition.vocabulary import (
    BidChoice,
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
    make_judge,
    make_organization,
    make_rubric,
    seat,
)
from tests.support.panels import Scene, report_of
from tests.support.scorecards import fill_scorecard


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
    scene.change(plan, out, Edit.EXCLUDE, now)
    for seed in range(2, 5):
        plan = scene.propose(now, seed)
        assert {scene.pair(0, 0), scene.pair(1, 1)} <= scene.planned(plan)
        assert out not in scene.planned(plan)
    states = {(p.entry_id, p.judge_id): p.state for p in plan.pairs}
    assert (states[out], states[scene.pair(0, 0)]) == (PairState.EXCLUDED, PairState.LOCKED)


def test_propose_plan_follows_the_wish(session: Session, now: datetime) -> None:
    scene = Scene(session, entries=6, judges=6)
    for judge in scene.judges[:3]:
        judge.kind = OrganizationKind.SCHOOL
    other = Track(position=2, name=LocalText(en="Health"))
    scene.competition.tracks.append(other)
    session.flush()
    scene.entries[0].track = other
    session.flush()
    scene.wish(
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
    assert [
        kinds for kinds in report_of(plan).kinds if set(kinds.split("+")) != {"industry", "school"}
    ] == []


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
        scene.wish(wish, now)
    assert [(p.code, p.field) for p in refusal.value.problems] == [(code, field)]
    assert wish_of(session, round_id=scene.of.id) == Wish()


def test_proposing_with_more_judges_an_entry_than_sit_on_the_panel_is_refused(
    session: Session, now: datetime
) -> None:
    scene = Scene(session, judges=3)
    scene.wish(Wish(per_entry=4), now)
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


@pytest.mark.parametrize("place", [0, 40, 50, 95])
def test_proposing_looks_along_the_slider_from_the_best_fit_through_the_plan_itself(
    session: Session, now: datetime, place: int
) -> None:
    scene = Scene(session, entries=30, judges=6)
    for number, entry in enumerate(scene.entries):
        for judge in (scene.judges[number % 3], scene.judges[3 + number % 2]):
            said = {"choice": BidChoice.WANT, "updated_at": now}
            session.add(Bid(entry_id=entry.id, judge_id=judge.id, **said))
    session.flush()
    scene.wish(Wish(comparability=place), now)
    report = report_of(scene.propose(now))
    assert [at for at, _affinity, _vif in report.curve] == [0, 20, 40, 60, 80, 95]
    assert report.curve[0] == (0, report.optimum, report.fit_vif)
    assert report.curve[-1][2] < report.curve[0][2]
    for at, affinity, vif in report.curve:
        assert report.optimum is not None and affinity <= report.optimum
        assert report.vif_floor is not None and vif >= report.vif_floor
        if at == place:
            assert (affinity, vif) == (report.affinity, report.vif)


def test_proposing_again_from_the_same_gives_the_same_and_supersedes(
    session: Session, now: datetime
) -> None:
    scene = Scene(session, entries=12, judges=6)
    first = scene.propose(now, seed=7)
    second = scene.propose(now, seed=7)
    assert scene.planned(first) == scene.planned(second)
    assert (first.status, second.status) == (PlanStatus.SUPERSEDED, PlanStatus.PROPOSED)
    assert (first.number, second.number) == (1, 2)


def test_a_plan_of_one_round_says_nothing_of_another(session: Session, now: datetime) -> None:
    scene = Scene(session)
    plan = scene.propose(now)
    assert session.get_one(Round, plan.round_id) is scene.of
    late = make_judge(session, scene.competition, "Late")
    seat(session, scene.of, late)
    assert late.id not in report_of(plan).loads
