"""Changes while judging runs: what becomes of the problem, and two ways to mend the plan.

A judge drops out or recuses, an entry comes late or is withdrawn, a further judge is wanted. Work
that has begun (`Problem.done`) stays in every case.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from competition.assigning.comparability import DEFAULT_COMPARABILITY
from competition.assigning.plan import Infeasible, Plan
from competition.assigning.positions import Booleans, Floats
from competition.assigning.problem import Changes, Id, Pair, Problem
from competition.assigning.solving import Cancel, Progress, solve


@dataclass(frozen=True)
class Reassignment:
    """Both ways to go on; each plan has its `price` and, in its report, its changes.

    Attributes
    ----------
    fewest : Plan or Infeasible
        Nothing changes without need.
    small : Plan or Infeasible
        A pair may also change for a markedly better one.
    """

    fewest: Plan | Infeasible
    small: Plan | Infeasible


def reassign(
    problem: Problem,
    previous: Iterable[Pair],
    *,
    comparability: float | None = DEFAULT_COMPARABILITY,
    seed: int,
    progress: Progress | None = None,
    cancel: Cancel | None = None,
) -> Reassignment:
    """Mend an earlier plan after the problem has changed; the parameters are those of `solve`."""
    pairs = frozenset(previous)

    def plan(way: Changes, start: float) -> Plan | Infeasible:
        def halfway(part: float) -> None:
            if progress is not None:
                progress(start + part / 2)

        return solve(
            replace(problem, previous=pairs, changes=way),
            comparability=comparability,
            seed=seed,
            progress=halfway,
            cancel=cancel,
        )

    return Reassignment(fewest=plan(Changes.FEWEST, 0.0), small=plan(Changes.SMALL, 0.5))


def without_judge(problem: Problem, judge: Id) -> Problem:
    """The judge has dropped out: takes nothing new and keeps only what has been begun."""
    column = problem.judges.index(judge)
    allowed = problem.allowed.copy()
    allowed[:, column] = False
    high, low = np.array(problem.max_load), np.array(problem.min_load)
    high[column] = sum(1 for pair in problem.done if pair[1] == judge)
    low[column] = 0
    locked = frozenset(pair for pair in problem.locked if pair[1] != judge)
    return replace(problem, allowed=allowed, max_load=high, min_load=low, locked=locked)


def without_pair(problem: Problem, entry: Id, judge: Id) -> Problem:
    """The judge has recused from this entry, or a conflict has come up; the pair is gone."""
    allowed = problem.allowed.copy()
    allowed[problem.entries.index(entry), problem.judges.index(judge)] = False
    gone = {(entry, judge)}
    return replace(problem, allowed=allowed, locked=problem.locked - gone, done=problem.done - gone)


def without_entry(problem: Problem, entry: Id) -> Problem:
    """The entry is withdrawn."""
    row = problem.entries.index(entry)

    def others(pairs: frozenset[Pair]) -> frozenset[Pair]:
        return frozenset(pair for pair in pairs if pair[0] != entry)

    return replace(
        problem,
        entries=tuple(item for item in problem.entries if item != entry),
        allowed=np.delete(problem.allowed, row, axis=0),
        affinity=None if problem.affinity is None else np.delete(problem.affinity, row, axis=0),
        waivable=None if problem.waivable is None else np.delete(problem.waivable, row, axis=0),
        per_entry=np.delete(np.asarray(problem.per_entry), row),
        locked=others(problem.locked),
        done=others(problem.done),
        excluded=others(problem.excluded),
    )


def with_entry(
    problem: Problem,
    entry: Id,
    *,
    allowed: Booleans,
    per_entry: int,
    affinity: Floats | None = None,
) -> Problem:
    """An entry has come late; `allowed` and `affinity` have one value for each judge."""
    matrix = problem.affinity
    if matrix is not None:
        matrix = np.vstack([matrix, np.zeros(matrix.shape[1]) if affinity is None else affinity])
    waivable = problem.waivable
    if waivable is not None:
        waivable = np.vstack([waivable, np.ones(waivable.shape[1], dtype=np.bool_)])
    return replace(
        problem,
        entries=(*problem.entries, entry),
        allowed=np.vstack([problem.allowed, allowed]),
        affinity=matrix,
        waivable=waivable,
        per_entry=np.append(np.asarray(problem.per_entry), per_entry),
    )


def with_further_judges(problem: Problem, entries: Iterable[Id], *, by: int = 1) -> Problem:
    """These entries shall have more judges, because theirs disagree, say."""
    wanted = np.array(problem.per_entry)
    for entry in entries:
        wanted[problem.entries.index(entry)] += by
    return replace(problem, per_entry=wanted)
