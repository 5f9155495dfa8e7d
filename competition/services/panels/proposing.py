"""Making plans: read what they are made from, solve without a transaction, store."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from competition.errors import Conflict, Invalid, Problem, WrongState
from competition.models import AssignmentPlan, Competition, PlannedPair, Round
from competition.policies import Actor, Permission, authorize
from competition.queries.panels import (
    COMPARABILITY_MOST,
    WEIGHT_MOST,
    Ground,
    Pair,
    Report,
    Wish,
    explained,
    finite,
    planning_ground,
    report_of_design,
    report_of_plan,
)
from competition.services.panels.assignments import check_assigning
from competition.services.panels.bids import held_setup
from competition.services.panels.finding import find_conflicts
from competition.services.record import audit
from competition.vocabulary import PairState, PlanChanges, PlanStatus, RoundState

if TYPE_CHECKING:
    from competition.assigning import Plan
    from competition.assigning import Problem as Puzzle

SEED_MOST = 2_147_483_647
PER_ENTRY_MOST = 50
LOAD_MOST = 100_000
CURVE = (0, 20, 40, 60, 80, 95)
"""Places of the slider that are looked at beside the chosen one."""
SMALL = 20_000
"""Pairs up to which that is done."""
LARGE = 500_000
"""Pairs beyond which solving a second time, only to compare, takes too long."""


@dataclass(frozen=True)
class Draft:
    """What a plan will be made from; holds no database objects that solving would need."""

    round_id: int
    changes: PlanChanges
    seed: int
    wish: Wish
    puzzle: Puzzle
    is_fit_known: bool
    digest: str


@dataclass(frozen=True)
class Solved:
    """A draft with what the solver made of it."""

    draft: Draft
    pairs: frozenset[Pair]
    report: Report


def save_wish(session: Session, *, actor: Actor, of: Round, wish: Wish, now: datetime) -> None:
    """Store how judges shall be assigned in this round; Invalid names every field that is wrong."""
    authorize(actor, Permission.PROPOSE_PLAN, of)
    problems = wish_problems(of.competition, wish)
    if problems:
        raise Invalid(problems)
    setup = held_setup(session, of)
    before, after = setup.wish, wish.stored()
    if before == after:
        return
    setup.wish = after
    audit(
        session,
        actor=actor,
        action="save_wish",
        now=now,
        thing=of,
        name=str(of.name),
        competition_id=of.competition_id,
        before=before,
        after=after,
    )


def wish_problems(competition: Competition, wish: Wish) -> list[Problem]:
    """Everything in the wish that no plan could keep, whoever judges."""
    found = []

    def check(field: str, value: int | None, low: int, high: int) -> None:
        if value is not None and not low <= value <= high:
            found.append(Problem.of("not_between", field=field, low=low, high=high))

    tracks = {track.id for track in competition.tracks}
    check("per_entry", wish.per_entry, 1, PER_ENTRY_MOST)
    for track_id, places in wish.per_track.items():
        if track_id in tracks:
            check(f"track_{track_id}", places, 1, PER_ENTRY_MOST)
    check("load_min", wish.load_min, 0, LOAD_MOST)
    check("load_max", wish.load_max, 1, LOAD_MOST)
    check("comparability", wish.comparability, 0, COMPARABILITY_MOST)
    for name in ("track", "expertise", "bids"):
        check(f"weight_{name}", getattr(wish.weights, name), 0, WEIGHT_MOST)
    if wish.load_max is not None and wish.load_min > wish.load_max:
        found.append(Problem.of("load_min_above_max", field="load_min", limit=wish.load_max))
    return found


def propose_plan(
    session: Session,
    *,
    actor: Actor,
    of: Round,
    seed: int,
    changes: PlanChanges = PlanChanges.ANEW,
    now: datetime,
) -> AssignmentPlan:
    """Make a plan from the stored wish, in one go; see `draft_plans` for the three steps of it."""
    drafts = draft_plans(session, actor=actor, of=of, seed=seed, changes=(changes,), now=now)
    [plan] = store_plans(
        session, actor=actor, of=of, solved=[solve_draft(item) for item in drafts], now=now
    )
    return plan


def draft_plans(
    session: Session,
    *,
    actor: Actor,
    of: Round,
    seed: int,
    changes: Sequence[PlanChanges],
    now: datetime,
) -> list[Draft]:
    """Look for conflicts, and read what plans are made from.

    Solving takes a while, so it happens between this and `store_plans`, in no transaction.
    WrongState unless judges are being assigned; Invalid (`no_entries_to_assign`,
    `no_judges_on_panel`, `too_many_per_entry`) when there is nothing to assign.
    """
    authorize(actor, Permission.PROPOSE_PLAN, of)
    check_assigning(session, of)
    if not 0 <= seed <= SEED_MOST:
        raise Invalid.one("not_between", field="seed", low=0, high=SEED_MOST)
    if of.state is RoundState.JUDGING and PlanChanges.ANEW in changes:
        raise WrongState("judging_has_begun")
    find_conflicts(session, actor=actor, competition_id=of.competition_id, now=now)
    ground = planning_ground(session, of=of)
    _refuse_empty(ground)
    return [
        Draft(
            of.id,
            item,
            seed,
            ground.board.wish,
            ground.problem(changes=item),
            ground.fit.is_known,
            ground.digest(item),
        )
        for item in changes
    ]


def _refuse_empty(ground: Ground) -> None:
    board = ground.board
    if not board.entries:
        raise Invalid.one("no_entries_to_assign")
    if not board.seated:
        raise Invalid.one("no_judges_on_panel")
    most = max(board.places.values())
    if most > len(board.judges):
        raise Invalid.one(
            "too_many_per_entry", field="per_entry", wanted=most, judges=len(board.seated)
        )


def solve_draft(draft: Draft, *, progress: Callable[[float], None] | None = None) -> Solved:
    """Let the solver work; needs no database."""
    from competition.assigning import Infeasible, measure, solve

    outcome = solve(
        draft.puzzle,
        comparability=comparability_of(draft.wish),
        seed=draft.seed,
        progress=progress,
    )
    if isinstance(outcome, Infeasible):
        report = report_of_design(
            measure(draft.puzzle, outcome.pairs),
            status="infeasible",
            affinity=affinity_of(draft.puzzle, outcome.pairs),
            optimum=None,
            is_fit_known=draft.is_fit_known,
        )
        return Solved(draft, frozenset(outcome.pairs), explained(report, outcome))
    best = _best_fit(draft, outcome)
    report = report_of_plan(
        outcome,
        fit_vif=None if best is None else best.report.vif,
        is_fit_known=draft.is_fit_known,
        curve=() if best is None else _curve(draft, best, outcome),
    )
    return Solved(draft, frozenset(outcome.pairs), report)


def comparability_of(wish: Wish) -> float | None:
    """The slider as the solver takes it: nothing given up at the one end."""
    return wish.comparability / COMPARABILITY_MOST if wish.comparability else None


def affinity_of(puzzle: Puzzle, pairs: Sequence[Pair] | frozenset[Pair]) -> float:
    """The fit of all pairs together."""
    if puzzle.affinity is None:
        return float(len(pairs))
    row = {item: i for i, item in enumerate(puzzle.entries)}
    column = {item: j for j, item in enumerate(puzzle.judges)}
    return float(sum(puzzle.affinity[row[entry], column[judge]] for entry, judge in pairs))


def _best_fit(draft: Draft, outcome: Plan) -> Plan | None:
    """The plan that looks at fit alone, to tell what there was to gain."""
    from competition.assigning import Infeasible, solve

    if outcome.comparability is None:
        return outcome
    if draft.puzzle.allowed.size > LARGE:
        return None
    best = solve(replace(draft.puzzle, previous=None), comparability=None, seed=draft.seed)
    return None if isinstance(best, Infeasible) else best


def _curve(draft: Draft, best: Plan, outcome: Plan) -> tuple[tuple[int, float, float], ...]:
    """Plans at other places of the slider, where looking at them takes no time to speak of.

    Each is reached from the one before it, and so beyond the chosen place from the plan itself.
    """
    from competition.assigning import go_on

    if draft.changes is not PlanChanges.ANEW or draft.puzzle.allowed.size > SMALL:
        return ()
    known = {0: best, draft.wish.comparability: outcome}
    found = []
    for place in CURVE:
        if place not in known:
            before = known[max(other for other in known if other < place)]
            share = place / COMPARABILITY_MOST
            known[place] = go_on(draft.puzzle, before, comparability=share, seed=draft.seed)
        vif = finite(known[place].report.vif)
        if vif is not None:  # in parts there is nothing to compare
            found.append((place, round(known[place].affinity, 6), vif))
    return tuple(found)


def store_plans(
    session: Session, *, actor: Actor, of: Round, solved: Sequence[Solved], now: datetime
) -> list[AssignmentPlan]:
    """Keep the plans; those proposed before are superseded.

    Conflict `changed_meanwhile` when what they were made from is no longer so.
    """
    authorize(actor, Permission.PROPOSE_PLAN, of)
    check_assigning(session, of)
    ground = planning_ground(session, of=of)
    for item in solved:
        if ground.digest(item.draft.changes) != item.draft.digest:
            raise Conflict("changed_meanwhile")
    supersede(session, of, PlanStatus.PROPOSED)
    last = session.scalar(
        select(func.max(AssignmentPlan.number)).where(AssignmentPlan.round_id == of.id)
    )
    made = []
    for number, item in enumerate(solved, start=(last or 0) + 1):
        plan = AssignmentPlan(
            round=of,
            number=number,
            changes=item.draft.changes,
            wish=item.draft.wish.stored(),
            seed=item.draft.seed,
            report=item.report.stored(),
            created_by=actor.account_id,
            created_at=now,
            pairs=_planned(ground, item),
        )
        session.add(plan)
        _audit(session, actor, plan, item.report, now)
        made.append(plan)
    return made


def supersede(session: Session, of: Round, status: PlanStatus) -> None:
    session.execute(
        update(AssignmentPlan)
        .where(AssignmentPlan.round_id == of.id, AssignmentPlan.status == status)
        .values(status=PlanStatus.SUPERSEDED, revision=AssignmentPlan.revision + 1)
        .execution_options(synchronize_session="fetch")
    )


def _planned(ground: Ground, item: Solved) -> list[PlannedPair]:
    states = dict.fromkeys(ground.excluded, PairState.EXCLUDED)
    states |= dict.fromkeys(item.pairs, PairState.PLANNED)
    states |= dict.fromkeys(ground.locked & item.pairs, PairState.LOCKED)
    return [
        PlannedPair(entry_id=entry_id, judge_id=judge_id, state=state)
        for (entry_id, judge_id), state in sorted(states.items())
    ]


def _audit(
    session: Session, actor: Actor, plan: AssignmentPlan, report: Report, now: datetime
) -> None:
    audit(
        session,
        actor=actor,
        action="propose_plan",
        now=now,
        thing=plan,
        name=str(plan.number),
        competition_id=plan.round.competition_id,
        after={
            "round": plan.round.position,
            "seed": plan.seed,
            "changes": plan.changes,
            "status": report.status,
            "pairs": len(plan.pairs),
            "open": report.open,
        },
    )
