"""Small problems drawn at random, and the same rules as an integer program written out plainly."""

from __future__ import annotations

import random
from dataclasses import replace

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, milp

from competition.assigning import Problem

KINDS = ("industry", "school")


def everyone(entries: int, judges: int, per_entry: int = 3, most: int = 10_000) -> Problem:
    """No conflicts, and every pair fits as well as any other."""
    return Problem(
        entries=range(1, entries + 1),
        judges=range(101, 101 + judges),
        allowed=np.ones((entries, judges), dtype=bool),
        per_entry=per_entry,
        max_load=most,
    )


def without(problem: Problem, *pairs: tuple[int, int]) -> Problem:
    """The same problem with conflicts between these entries and judges."""
    allowed = problem.allowed.copy()
    for entry, judge in pairs:
        allowed[problem.entries.index(entry), problem.judges.index(judge)] = False
    return replace(problem, allowed=allowed)


def shuffled(problem: Problem, seed: int) -> Problem:
    """The same problem with its rows and columns in another order."""
    generator = random.Random(seed)
    rows = generator.sample(range(len(problem.entries)), len(problem.entries))
    columns = generator.sample(range(len(problem.judges)), len(problem.judges))
    grid = np.ix_(rows, columns)
    return replace(
        problem,
        entries=[problem.entries[i] for i in rows],
        judges=[problem.judges[j] for j in columns],
        allowed=problem.allowed[grid],
        affinity=None if problem.affinity is None else problem.affinity[grid],
        per_entry=np.asarray(problem.per_entry)[rows],
        max_load=np.asarray(problem.max_load)[columns],
        min_load=np.asarray(problem.min_load)[columns],
        kind=None if problem.kind is None else [problem.kind[j] for j in columns],
        organization=(
            None if problem.organization is None else [problem.organization[j] for j in columns]
        ),
    )


def judges_of(pairs: tuple[tuple[int, int], ...], entry: int) -> set[int]:
    return {judge for other, judge in pairs if other == entry}


@st.composite
def problems(
    draw: st.DrawFn,
    *,
    most_entries: int = 8,
    with_rules: bool | None = None,
    nested: bool = False,
    density: tuple[float, float] = (0.5, 1.0),
) -> Problem:
    """Entries from 1, judges from 101; rules, limits, conflicts, locks as they come.

    `nested`: an organization has judges of one kind only.
    """
    numbers = np.random.default_rng(draw(st.integers(0, 2**32)))
    entries, judges = draw(st.integers(1, most_entries)), draw(st.integers(2, 7))
    allowed = numbers.random((entries, judges)) < draw(st.floats(*density))
    k = draw(st.integers(1, 3))
    average = entries * k / judges
    low = numbers.integers(0, max(1, int(average)) + 1, judges) * draw(st.booleans())
    high = low + numbers.integers(0, 3, judges) + int(average)
    rules = draw(st.booleans()) if with_rules is None else with_rules
    kind = [KINDS[i] for i in numbers.integers(0, 2, judges)]
    owner = [str(i) for i in numbers.integers(0, max(2, judges - 2), judges)]
    if nested:
        owner = [f"{of}{name}" for of, name in zip(kind, owner, strict=True)]
    open_pairs = np.argwhere(allowed)
    picked = numbers.permutation(len(open_pairs))[: draw(st.integers(0, 2))]
    chosen = [(int(e) + 1, int(j) + 101) for e, j in open_pairs[picked]]
    cut = draw(st.integers(0, len(chosen)))
    return Problem(
        entries=range(1, entries + 1),
        judges=range(101, 101 + judges),
        allowed=allowed,
        per_entry=np.maximum(1, k - (numbers.random(entries) < 0.2)),
        min_load=low,
        max_load=high,
        affinity=np.round(numbers.random((entries, judges)), draw(st.sampled_from([0, 1, 6]))),
        kind=kind,
        required_kinds=KINDS if rules else (),
        organization=owner,
        one_per_organization=rules,
        locked=frozenset(chosen[:cut]),
        excluded=frozenset(chosen[cut:]),
    )


def optimum_by_integer_program(problem: Problem) -> float | None:
    """The largest affinity by HiGHS on one variable for each pair; None if there is no plan.

    Only for problems whose locked pairs break no rule.
    """
    n_entries, n_judges = problem.shape
    pairs = np.arange(n_entries * n_judges).reshape(n_entries, n_judges)
    rows: list[NDArray[np.float64]] = []
    least: list[float] = []
    most: list[float] = []

    def bound(members: NDArray[np.int64], low: float, high: float) -> None:
        row = np.zeros(pairs.size)
        row[members.ravel()] = 1
        rows.append(row)
        least.append(low)
        most.append(high)

    for e, places in enumerate(np.asarray(problem.per_entry)):
        bound(pairs[e], places, places)
    limits = zip(np.asarray(problem.min_load), np.asarray(problem.max_load), strict=True)
    for j, (low, high) in enumerate(limits):
        bound(pairs[:, j], low, high)
    kind, owner = np.array(problem.kind), np.array(problem.organization)
    for e in range(n_entries):
        for name in problem.required_kinds:
            bound(pairs[e, kind == name], 1, np.inf)
        for name in set(owner) if problem.one_per_organization else ():
            bound(pairs[e, owner == name], 0, 1)
    lowest, highest = np.zeros(pairs.shape), problem.allowed.astype(float)
    for entry, judge in problem.excluded:
        highest[problem.entries.index(entry), problem.judges.index(judge)] = 0
    for entry, judge in problem.locked:
        lowest[problem.entries.index(entry), problem.judges.index(judge)] = 1
    affinity = np.zeros(pairs.shape) if problem.affinity is None else problem.affinity
    found = milp(
        -affinity.ravel(),
        constraints=LinearConstraint(np.array(rows), least, most),
        bounds=Bounds(lowest.ravel(), highest.ravel()),
        integrality=np.ones(pairs.size),
        options={"mip_rel_gap": 0},
    )
    return None if found.x is None else float(-found.fun)
