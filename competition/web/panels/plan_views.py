"""What pages show of plans: each with its figures and changes, and one entry's candidates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from competition.models import AssignmentPlan, Entry, Judge
from competition.queries.panels import (
    Board,
    Difference,
    Ground,
    Obstacle,
    Pair,
    PlanView,
    RepairStep,
    Report,
    difference,
    report_of_design,
)
from competition.services.panels import needs_decision
from competition.vocabulary import PairState
from competition.web.panels.planning_words import (
    Finding,
    Names,
    findings,
    jam_sentence,
    kept,
    repair_sentence,
)

if TYPE_CHECKING:
    from competition.assigning import Breach, Effect

LISTED_MOST = 20
"""Candidates whose effect is worked out for one page."""


@dataclass(frozen=True)
class WayOut:
    """One repair in words; `number` is its place in the report."""

    number: int
    sentence: str
    needs_decision: bool
    judge: Judge | None
    """Whose conflict is to be looked at, when a person has to decide."""


@dataclass(frozen=True)
class Balance:
    """Fit kept against comparability gained, both in percent, along the slider."""

    points: Sequence[tuple[float, float]]
    marked: int
    """The place of this plan among them."""
    best: tuple[float, float]
    """Fit kept (0 to 1) and variance where comparability counts most."""


@dataclass(frozen=True)
class Side:
    """One plan as the page shows it, against what judges have now."""

    view: PlanView
    change: Difference
    findings: Sequence[Finding]
    jams: Sequence[str]
    ways_out: Sequence[WayOut]
    kept: str
    balance: Balance | None

    @property
    def plan(self) -> AssignmentPlan:
        return self.view.plan

    @property
    def report(self) -> Report:
        return self.view.report


def live_pairs(board: Board) -> dict[Pair, PairState]:
    """What judges have now, in the terms of a plan."""
    return {
        (row.entry_id, row.judge_id): PairState.LOCKED if row.is_locked else PairState.PLANNED
        for row in board.live
    }


def live_report(ground: Ground) -> Report:
    """The figures of what judges have now."""
    from competition.assigning import measure

    board = ground.board
    known = {(row.entry_id, row.judge_id) for row in board.live}
    return report_of_design(
        measure(ground.problem(), sorted(known)),
        status="feasible",
        affinity=0.0,
        optimum=None,
        is_fit_known=ground.fit.is_known,
        places=board.open_places,
    )


def sides_of(board: Board, views: Sequence[PlanView]) -> list[Side]:
    return [side_of(board, view) for view in views]


def side_of(board: Board, view: PlanView) -> Side:
    names, report = Names(board), view.report
    return Side(
        view,
        difference(board, frozenset(live_pairs(board)), view.assigned | board.begun),
        findings(board, report),
        [jam_sentence(jam, names) for jam in report.jams],
        [_way_out(board, names, n, steps) for n, steps in enumerate(report.repairs)],
        kept(report),
        balance_of(report),
    )


def balance_of(report: Report) -> Balance | None:
    """What the slider trades; None where there is nothing to trade, or it was not looked at."""
    own, gained = report.fit_kept, report.comparability_gained
    if own is None or gained is None or not report.optimum or len(report.curve) < 2:
        return None
    this = (gained * 100, own * 100)
    others = [
        ((report.gained(vif) or 0.0) * 100, affinity / report.optimum * 100)
        for _place, affinity, vif in report.curve
    ]
    front = [
        point
        for point in dict.fromkeys(others)
        if not any(o[0] >= point[0] and o[1] >= point[1] and o != point for o in [*others, this])
    ]
    points = sorted({*front, this})
    if len(points) < 3:
        return None
    _place, affinity, vif = min(report.curve, key=lambda item: item[2])
    return Balance(points, points.index(this), (affinity / report.optimum, vif))


def _way_out(board: Board, names: Names, number: int, steps: Sequence[RepairStep]) -> WayOut:
    hard = [step for step in steps if needs_decision(board, step)]
    _entry, judge = names.find(None, hard[0].judge) if hard else (None, None)
    return WayOut(number, repair_sentence(steps, names), bool(hard), judge)


@dataclass(frozen=True)
class Option:
    """A judge who could be added to an entry in a plan, or taken away, and what that does."""

    judge: Judge
    load: int
    limit: int
    state: PairState | None
    obstacle: Obstacle | None
    effect: Effect | None
    is_begun: bool = False

    @property
    def is_able(self) -> bool:
        return self.obstacle in (None, Obstacle.OTHER_TRACK)

    @property
    def broken(self) -> Sequence[Breach]:
        return () if self.effect is None else self.effect.new


def options_of(
    ground: Ground, view: PlanView, entry: Entry
) -> tuple[list[Option], list[Option], list[Option]]:
    """The entry's judges in the plan, those who could be added (the best first), those ruled out.

    What each change costs and breaks is measured, not guessed; of many candidates, the first.
    """
    from competition.assigning import what_if

    board = ground.board
    problem = ground.problem(changes=view.plan.changes)
    known_entries, known_judges = set(problem.entries), set(problem.judges)
    pairs = [p for p in view.assigned if p[0] in known_entries and p[1] in known_judges]
    loads = _loads(pairs)
    fit = _fit_of_entry(ground, entry)

    def option(judge: Judge, effect: Effect | None) -> Option:
        pair = (entry.id, judge.id)
        state = view.pairs.get(pair)
        why = None if state in TAKEN else _obstacle(board, entry, judge, loads.get(judge.id, 0))
        return Option(
            judge,
            loads.get(judge.id, 0),
            board.limit(judge),
            state,
            why,
            effect,
            pair in board.begun,
        )

    mine = [judge for judge in board.judges if view.pairs.get((entry.id, judge.id)) in TAKEN]
    out = [
        judge
        for judge in board.judges
        if view.pairs.get((entry.id, judge.id)) is PairState.EXCLUDED
    ]
    others = [
        judge
        for judge in board.judges
        if (entry.id, judge.id) not in view.pairs and judge.id in board.seated
    ]
    others.sort(key=lambda judge: (not option(judge, None).is_able, -fit[judge.id], judge.number))
    taken = [
        option(judge, what_if(problem, pairs, remove=[(entry.id, judge.id)])) for judge in mine
    ]
    free = []
    for place, judge in enumerate(others):
        able = option(judge, None).is_able and place < LISTED_MOST
        free.append(
            option(judge, what_if(problem, pairs, add=[(entry.id, judge.id)]) if able else None)
        )
    return taken, free, [option(judge, None) for judge in out]


TAKEN = (PairState.PLANNED, PairState.LOCKED)


def _loads(pairs: Sequence[Pair]) -> dict[int, int]:
    found: dict[int, int] = {}
    for _entry, judge_id in pairs:
        found[judge_id] = found.get(judge_id, 0) + 1
    return found


def _obstacle(board: Board, entry: Entry, judge: Judge, load: int) -> Obstacle | None:
    why = board.obstacle(entry, judge)
    if why in (None, Obstacle.OTHER_TRACK) and load >= board.limit(judge):
        return Obstacle.FULL
    return why


def _fit_of_entry(ground: Ground, entry: Entry) -> Mapping[int, float]:
    row = next(i for i, item in enumerate(ground.board.entries) if item.id == entry.id)
    return {
        judge.id: float(ground.fit.affinity[row, j]) for j, judge in enumerate(ground.board.judges)
    }
