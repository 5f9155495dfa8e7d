"""A round in the terms of `competition.assigning`, and plans as they are stored."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from competition.models import AssignmentPlan, Entry, Judge, PlannedPair, Round
from competition.queries.panels.bids import bids_of_round
from competition.queries.panels.board import Board, Obstacle, Pair, assignment_board
from competition.queries.panels.fit import EXPERT_FROM, Fit, fit_of
from competition.queries.panels.reports import Report
from competition.queries.panels.wishes import Wish
from competition.vocabulary import BidChoice, OrganizationKind, PairState, PlanChanges, PlanStatus

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from competition.assigning import Problem

PLANS_MOST = 50
"""Plans of one round that the history shows."""


@dataclass(frozen=True)
class Ground:
    """Everything that a plan of one round is made from.

    `locked` and `excluded` were set by hand: on the assignments, and on the last plan.
    """

    board: Board
    bids: Mapping[Pair, BidChoice]
    locked: frozenset[Pair]
    excluded: frozenset[Pair]

    @cached_property
    def fit(self) -> Fit:
        return fit_of(self.board.entries, self.board.judges, self.bids, self.board.wish.weights)

    def problem(self, *, changes: PlanChanges = PlanChanges.ANEW) -> Problem:
        """What is asked of the solver; an earlier plan counts unless everything is made anew."""
        import numpy as np

        from competition.assigning import Changes, Problem

        board, wish = self.board, self.board.wish
        count = len(board.entries)
        is_seated = [judge.id in board.seated for judge in board.judges]
        begun = {judge.id: 0 for judge in board.judges}
        for _entry, judge_id in board.begun:
            begun[judge_id] += 1
        is_anew = changes is PlanChanges.ANEW
        allowed, waivable = self._grids()
        return Problem(
            entries=tuple(entry.id for entry in board.entries),
            judges=tuple(judge.id for judge in board.judges),
            allowed=allowed,
            per_entry=np.array([board.places[entry.id] for entry in board.entries], dtype=np.int64),
            max_load=np.array(
                [
                    wish.most_of(judge, count) if seated else begun[judge.id]
                    for judge, seated in zip(board.judges, is_seated, strict=True)
                ],
                dtype=np.int64,
            ),
            min_load=np.array(
                [
                    wish.least_of(judge, count) if seated else 0
                    for judge, seated in zip(board.judges, is_seated, strict=True)
                ],
                dtype=np.int64,
            ),
            affinity=self.fit.affinity,
            kind=[judge.kind.value for judge in board.judges],
            required_kinds=tuple(kind.value for kind in OrganizationKind) if wish.is_mixed else (),
            organization=[judge.organization_id for judge in board.judges],
            one_per_organization=wish.one_per_organization,
            lifted_kinds=frozenset(item for item in wish.lifted if isinstance(item[1], str)),
            lifted_organizations=frozenset(
                item for item in wish.lifted if isinstance(item[1], int)
            ),
            locked=self.locked,
            done=board.begun,
            excluded=self.excluded,
            previous=None if is_anew else self._previous,
            waivable=waivable,
            changes=Changes.SMALL if changes is PlanChanges.SMALL else Changes.FEWEST,
            expert_threshold=EXPERT_FROM,
        )

    def _grids(self) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """Which pairs may be, and of the others which may be talked about: not a recusal."""
        import numpy as np

        board = self.board
        shape = (len(board.entries), len(board.judges))
        allowed, waivable = np.zeros(shape, dtype=np.bool_), np.zeros(shape, dtype=np.bool_)
        for j, judge in enumerate(board.judges):
            if judge.id not in board.seated:
                continue
            for i, entry in enumerate(board.entries):
                why = board.obstacle(entry, judge)
                by_hand = why is Obstacle.OTHER_TRACK and (entry.id, judge.id) in self.locked
                allowed[i, j] = why is None or by_hand
                waivable[i, j] = why is not Obstacle.RECUSED
        return allowed, waivable

    @property
    def _previous(self) -> frozenset[Pair]:
        return frozenset((row.entry_id, row.judge_id) for row in self.board.live)

    def digest(self, changes: PlanChanges) -> str:
        """Tells whether a plan would be made from the same as before."""
        problem = self.problem(changes=changes)
        parts = (
            problem.entries,
            problem.judges,
            sorted(problem.locked),
            sorted(problem.done),
            sorted(problem.excluded),
            sorted(problem.previous or ()),
            self.board.wish.stored(),
        )
        found = hashlib.sha256(repr(parts).encode())
        for array in (problem.allowed, problem.affinity, problem.per_entry, problem.max_load):
            found.update(memoryview(array.tobytes()))  # type: ignore[union-attr]
        return found.hexdigest()


def planning_ground(session: Session, *, of: Round, wish: Wish | None = None) -> Ground:
    """The ground of a round; the number of statements does not grow with entries and judges."""
    board = assignment_board(session, of=of, wish=wish)
    entries = {entry.id for entry in board.entries}
    seated = board.seated
    by_hand = _set_by_hand(session, of)
    known = {
        state: frozenset(
            pair
            for pair, own in by_hand.items()
            if own is state and pair[0] in entries and pair[1] in seated
        )
        for state in (PairState.LOCKED, PairState.EXCLUDED)
    }
    locked = known[PairState.LOCKED] | frozenset(p for p in board.locked if p[1] in seated)
    return Ground(
        board,
        bids_of_round(session, round_id=of.id),
        locked=locked - _impossible(board, locked),
        excluded=known[PairState.EXCLUDED] - board.begun - board.locked,
    )


def _impossible(board: Board, pairs: frozenset[Pair]) -> frozenset[Pair]:
    """Pairs that a conflict or a recusal has come between: no hand keeps those."""
    entries = {entry.id: entry for entry in board.entries}
    judges = {judge.id: judge for judge in board.judges}
    return frozenset(
        pair
        for pair in pairs - board.begun
        if board.obstacle(entries[pair[0]], judges[pair[1]]) not in (None, Obstacle.OTHER_TRACK)
    )


def _set_by_hand(session: Session, of: Round) -> dict[Pair, PairState]:
    """Pairs of the last plan that were kept or ruled out by hand.

    What a published plan keeps stands with the assignments, where it can be unlocked.
    """
    last = (
        select(AssignmentPlan.id)
        .where(AssignmentPlan.round_id == of.id)
        .order_by(AssignmentPlan.number.desc())
        .limit(1)
        .scalar_subquery()
    )
    rows = session.execute(
        select(PlannedPair.entry_id, PlannedPair.judge_id, PlannedPair.state)
        .join(AssignmentPlan, AssignmentPlan.id == PlannedPair.plan_id)
        .where(
            PlannedPair.plan_id == last,
            PlannedPair.state != PairState.PLANNED,
            or_(
                AssignmentPlan.status != PlanStatus.PUBLISHED,
                PlannedPair.state == PairState.EXCLUDED,
            ),
        )
    )
    return {(entry_id, judge_id): state for entry_id, judge_id, state in rows}


@dataclass(frozen=True)
class PlanView:
    """A stored plan with its pairs, and how it differs from what judges have now."""

    plan: AssignmentPlan
    report: Report
    pairs: Mapping[Pair, PairState]

    @cached_property
    def assigned(self) -> frozenset[Pair]:
        """Pairs that the plan wants."""
        return frozenset(pair for pair, s in self.pairs.items() if s is not PairState.EXCLUDED)

    @property
    def wish(self) -> Wish:
        return Wish.read(self.plan.wish)


def plans_of(session: Session, *, round_id: int) -> Sequence[AssignmentPlan]:
    """The plans of a round, newest first; one statement."""
    return session.scalars(
        select(AssignmentPlan)
        .where(AssignmentPlan.round_id == round_id)
        .order_by(AssignmentPlan.number.desc())
        .limit(PLANS_MOST)
    ).all()


def plan_by_number(session: Session, *, of: Round, number: int) -> AssignmentPlan | None:
    return session.scalar(
        select(AssignmentPlan).where(
            AssignmentPlan.round_id == of.id, AssignmentPlan.number == number
        )
    )


def plan_views(session: Session, plans: Iterable[AssignmentPlan]) -> list[PlanView]:
    """The plans with all their pairs; one statement."""
    listed = list(plans)
    pairs: dict[int, dict[Pair, PairState]] = {plan.id: {} for plan in listed}
    rows = session.execute(
        select(
            PlannedPair.plan_id, PlannedPair.entry_id, PlannedPair.judge_id, PlannedPair.state
        ).where(PlannedPair.plan_id.in_(pairs))
    )
    for plan_id, entry_id, judge_id, state in rows:
        pairs[plan_id][entry_id, judge_id] = state
    return [PlanView(plan, Report.read(plan.report), pairs[plan.id]) for plan in listed]


def open_plans(plans: Iterable[AssignmentPlan]) -> list[AssignmentPlan]:
    """Those that can still be published, in the order in which they were made."""
    found = [plan for plan in plans if plan.status is PlanStatus.PROPOSED]
    return sorted(found, key=lambda plan: plan.number)


@dataclass(frozen=True)
class Difference:
    """What changes between two sets of pairs, as entry and judge, in their order."""

    added: Sequence[tuple[Entry, Judge]]
    removed: Sequence[tuple[Entry, Judge]]

    @property
    def count(self) -> int:
        return len(self.added) + len(self.removed)


def difference(board: Board, before: frozenset[Pair], after: frozenset[Pair]) -> Difference:
    """From `before` to `after`, of entries and judges that are on the board."""
    entries = {entry.id: entry for entry in board.entries}
    judges = {judge.id: judge for judge in board.judges}
    place = {judge.id: judge.number for judge in board.judges}

    def named(pairs: frozenset[Pair]) -> list[tuple[Entry, Judge]]:
        known = [pair for pair in pairs if pair[0] in entries and pair[1] in judges]
        known.sort(key=lambda pair: (entries[pair[0]].number, place[pair[1]]))
        return [(entries[entry_id], judges[judge_id]) for entry_id, judge_id in known]

    return Difference(named(after - before), named(before - after))
