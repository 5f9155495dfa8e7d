"""Fit, comparability, speed and repairs of assignments, with SciPy's programs beside them."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np

from bench.contests import contest, ruled
from bench.memory import peak_memory_here
from competition.assigning import (
    DEFAULT_COMPARABILITY,
    Infeasible,
    Plan,
    Problem,
    apply_steps,
    breaches,
    go_on,
    reassign,
    solve,
    without_judge,
)

SEEDS = (1, 2, 3, 4, 5)
SIZES = ((100, 20, 3), (300, 40, 3))
SLIDER = (0.2, 0.4, 0.6, 0.8, 0.95)
OPEN = Path(__file__).resolve().parents[2] / "shared" / "reference" / "assignment"
LARGE = (5_000, 1_500, 3)


def main() -> None:
    """Print the tables."""
    fits()
    slider()
    peers()
    changes()
    impossible()
    large()


def fits() -> None:
    """The optimum, and comparability by default beside it; times are CPU seconds."""
    print(
        f"{'contest':<22} {'rules':<5} {'optimum':>9} {'cpu s':>6}  {'fit':>6} {'VIF':>13}"
        f" {'floor':>6} {'closed':>6} {'parts':>6} {'no expert':>9} {'cpu s':>6}  broken"
    )
    for name, problem in instances():
        for rules in (False, True) if problem.kind is not None else (False,):
            _fit(name, ruled(problem) if rules else problem, rules)


def instances() -> Iterator[tuple[str, Problem]]:
    """Open instances where they are at hand, then generated ones."""
    for file in sorted(OPEN.glob("*.npz")) if OPEN.is_dir() else ():
        yield file.stem, open_instance(file)
    for size in SIZES:
        for seed in SEEDS:
            yield f"{'x'.join(map(str, size))} seed {seed}", contest(*size, seed=seed)
    yield "1000x150x4 seed 1", contest(1000, 150, 4, seed=1)


def open_instance(file: Path) -> Problem:
    """A problem of the folder of references."""
    data = np.load(file)
    entries, judges = data["aff"].shape
    return Problem(
        entries=range(entries),
        judges=range(judges),
        allowed=~data["coi"],
        per_entry=data["demand"],
        min_load=data["load_min"],
        max_load=data["load_max"],
        affinity=data["aff"],
        kind=data["kind"].tolist() if "kind" in data else None,
        organization=data["school"].tolist() if "school" in data else None,
    )


def timed(problem: Problem, comparability: float | None) -> tuple[Plan | Infeasible, float]:
    """The outcome, and the CPU time of it in seconds."""
    start = time.process_time()
    outcome = solve(problem, comparability=comparability, seed=1)
    return outcome, time.process_time() - start


def _fit(name: str, problem: Problem, rules: bool) -> None:
    fit, seconds_of_fit = timed(problem, None)
    if isinstance(fit, Infeasible):
        print(f"{name:<22} {'yes' if rules else '':<5} infeasible by {fit.short}")
        return
    plan, seconds = timed(problem, DEFAULT_COMPARABILITY)
    assert isinstance(plan, Plan)
    before, after = fit.report, plan.report
    assert after.vif_floor is not None
    gap = before.vif - after.vif_floor
    closed = f"{(before.vif - after.vif) / gap:6.0%}" if np.isfinite(gap) else "     -"
    print(
        f"{name:<22} {'yes' if rules else '':<5} {fit.affinity:9.2f} {seconds_of_fit:6.3f} "
        f" {plan.affinity / fit.affinity:6.4f} {before.vif:6.4f}>{after.vif:6.4f}"
        f" {after.vif_floor:6.4f} {closed} {before.components:>3}>{after.components:<2}"
        f" {len(before.without_expert):>5}>{len(after.without_expert):<3} {seconds:6.2f}"
        f"  {len(breaches(problem, plan.pairs))}"
    )


def slider() -> None:
    """Gap closed at each place of the slider: by whole searches, and by going on from the last."""
    print(f"\n{'gap closed at':<17} {' '.join(f'{place:>11.0%}' for place in SLIDER)}  cpu s")
    for size in SIZES:
        for seed in SEEDS:
            problem = contest(*size, seed=seed)
            whole, seconds = _along_slider(problem, goes_on=False)
            going, less = _along_slider(problem, goes_on=True)
            gaps = " ".join(f"{a:5.0%}>{b:5.0%}" for a, b in zip(whole, going, strict=True))
            name = "x".join(map(str, size))
            print(f"{name} seed {seed:<4} {gaps}  {seconds:.2f}>{less:.2f}")


def _along_slider(problem: Problem, *, goes_on: bool) -> tuple[list[float], float]:
    plan = solve(problem, comparability=None, seed=1)
    assert isinstance(plan, Plan)
    best, floor = plan.report.vif, plan.report.vif_floor
    assert floor is not None
    start, closed = time.process_time(), []
    for place in SLIDER:
        outcome = (
            go_on(problem, plan, comparability=place, seed=1)
            if goes_on
            else solve(problem, comparability=place, seed=1)
        )
        assert isinstance(outcome, Plan)
        plan = outcome
        closed.append((best - plan.report.vif) / (best - floor))
    return closed, time.process_time() - start


def peers() -> None:
    """An integer program, and linear assignment on replicated places with what it gets wrong."""
    print(
        "\npeer                   contest        fit / optimum      s  ours s  what it gets wrong"
    )
    for size in SIZES:
        problem = replace(contest(*size, seed=1), kind=None)
        fit = solve(problem, comparability=None, seed=1)
        assert isinstance(fit, Plan)
        name, ours = "x".join(map(str, size)), f"{fit.report.seconds:6.3f}"
        value, seconds = integer_program(problem)
        print(
            f"scipy milp             {name:<14} {value / fit.affinity:13.4f} {seconds:6.2f}  {ours}"
        )
        value, seconds, twice, below = replicated(problem)
        print(
            f"linear_sum_assignment  {name:<14} {value / fit.affinity:13.4f} {seconds:6.2f}  {ours}"
            f"  the same judge twice {twice}, judges below their minimum {below}"
        )


def integer_program(problem: Problem) -> tuple[float, float]:
    """The optimum by HiGHS with a variable a pair, and its time."""
    from scipy.optimize import Bounds, LinearConstraint, milp
    from scipy.sparse import kron, vstack

    entries, judges = problem.shape
    assert problem.affinity is not None
    start = time.perf_counter()
    of_entry = kron(np.eye(entries), np.ones((1, judges)))
    of_judge = kron(np.ones((1, entries)), np.eye(judges))
    found = milp(
        -problem.affinity.ravel(),
        constraints=LinearConstraint(
            vstack([of_entry, of_judge]).tocsr(),
            np.concatenate([problem.per_entry, problem.min_load], axis=None),
            np.concatenate([problem.per_entry, problem.max_load], axis=None),
        ),
        bounds=Bounds(0, problem.allowed.ravel().astype(float)),
        integrality=np.ones(problem.allowed.size),
    )
    return -found.fun, time.perf_counter() - start


def replicated(problem: Problem) -> tuple[float, float, int, int]:
    """Each place and each possible load of a judge as a row and a column of its own."""
    from scipy.optimize import linear_sum_assignment

    assert problem.affinity is not None
    start = time.perf_counter()
    value = np.where(problem.allowed, problem.affinity, -1e3)
    places = np.repeat(np.arange(len(value)), problem.per_entry)
    seats = np.repeat(np.arange(value.shape[1]), problem.max_load)
    row, column = linear_sum_assignment(value[np.ix_(places, seats)], maximize=True)
    seconds = time.perf_counter() - start
    entry, judge = places[row], seats[column]
    twice = entry.size - len(set(zip(entry.tolist(), judge.tolist(), strict=True)))
    load = np.bincount(judge, minlength=value.shape[1])
    below = int((load < np.asarray(problem.min_load)).sum())
    return float(value[entry, judge].sum()), seconds, twice, below


def changes() -> None:
    """A judge drops out: pairs lost and pairs changed, with the price in affinity."""
    print("\ndrop-out, 300x40x3        lost  fewest: changed  price  small: changed  price")
    for seed in SEEDS:
        problem = contest(300, 40, 3, seed=seed)
        plan = solve(problem, seed=1)
        assert isinstance(plan, Plan)
        loads = plan.report.loads
        judge = max(loads, key=lambda name: loads[name])
        ways = reassign(without_judge(problem, judge), plan.pairs, seed=1)
        assert isinstance(ways.fewest, Plan)
        assert isinstance(ways.small, Plan)
        print(
            f"seed {seed:<19} {loads[judge]:>6} {ways.fewest.report.changes:>16}"
            f" {ways.fewest.price / ways.fewest.optimum:6.2%} {ways.small.report.changes:>15}"
            f" {ways.small.price / ways.small.optimum:6.2%}"
        )


def impossible() -> None:
    """Twelve entries for three judges: the bottleneck, its time, and the repair tried."""
    print("\nimpossible, 300x40x3      bottleneck           short  repair        solves      s")
    for seed in SEEDS:
        problem = contest(300, 40, 3, seed=seed)
        allowed = problem.allowed.copy()
        allowed[:12], allowed[12:, :3], allowed[:12, :3] = False, False, True
        high, low = np.array(problem.max_load), np.array(problem.min_load)
        high[:3], low[:3] = 10, 0
        narrow = replace(problem, allowed=allowed, max_load=high, min_load=low)
        outcome = solve(narrow, seed=1)
        assert isinstance(outcome, Infeasible)
        assert outcome.repair is not None
        (item,) = outcome.bottlenecks
        steps = outcome.repair.steps
        shown = "+".join(str(step.by) for step in steps)
        mended = solve(apply_steps(narrow, steps), comparability=None, seed=1)
        print(
            f"seed {seed:<19} {len(item.entries):>3} entries {len(item.judges)} judges"
            f" {item.short:>8}  {shown:<12} {isinstance(mended, Plan)!s:>6} {outcome.seconds:6.2f}"
        )


def large() -> None:
    """The largest contest in a process of its own, for its memory."""
    size = "x".join(map(str, LARGE))
    code = "from bench.assigning import measure_large; measure_large()"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    print(f"\n{size}, fit only: {done.stdout.strip()}")


def measure_large() -> None:
    """Time and memory of one large contest (peak of the process, the contest's making included)."""
    problem = contest(*LARGE, seed=1)
    runs = [timed(problem, None) for _ in range(3)]
    plan = runs[0][0]
    assert isinstance(plan, Plan)
    peak = peak_memory_here()
    seconds = statistics.median(spent for _plan, spent in runs)
    print(
        f"affinity {plan.affinity:.2f}, median {seconds:.1f} CPU s,"
        f" peak {peak:.0f} MiB, broken rules {len(breaches(problem, plan.pairs))}"
    )


if __name__ == "__main__":
    main()
