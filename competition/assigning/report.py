"""The figures of a plan."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable

import numpy as np

from competition.assigning.design import spread
from competition.assigning.plan import DesignReport
from competition.assigning.positions import Booleans, Positions
from competition.assigning.problem import Problem, id_key


def expert_threshold(problem: Problem, positions: Positions) -> float:
    """From which affinity on a judge is an expert for an entry."""
    if problem.expert_threshold is not None:
        return problem.expert_threshold
    if not positions.affinity.size:
        return 0.0
    best = np.where(positions.open | positions.fixed, positions.affinity, 0.0).max(axis=1)
    return float(np.median(best)) / 2


def report_on(problem: Problem, positions: Positions, chosen: Booleans) -> DesignReport:
    """Measure the chosen pairs."""
    measured = spread(chosen)
    threshold = expert_threshold(problem, positions)
    has_expert = (chosen & (positions.affinity >= threshold)).any(axis=1)
    entries = positions.entries
    weakest = measured.weakest
    loads = chosen.sum(axis=0).tolist()
    changes = lost = None
    if problem.previous is not None:
        pairs = set(positions.pairs(chosen))
        changes, lost = len(pairs - problem.previous), len(problem.previous - pairs)
    return DesignReport(
        vif=measured.vif,
        vif_floor=measured.floor,
        components=measured.components,
        weakest_pair=None if weakest is None else (entries[weakest[0]], entries[weakest[1]]),
        weakest_vif=measured.weakest_vif,
        loads=dict(zip(positions.judges, loads, strict=True)),
        without_expert=tuple(entries[e] for e in np.flatnonzero(~has_expert)),
        expert_threshold=threshold,
        kinds=_panels_by_kind(problem, positions, chosen),
        changes=changes,
        lost=lost,
    )


def _panels_by_kind(
    problem: Problem, positions: Positions, chosen: Booleans
) -> dict[tuple[Hashable, ...], int]:
    if problem.kind is None:
        return {}
    kind_of = dict(zip(problem.judges, problem.kind, strict=True))
    kinds = [kind_of[judge] for judge in positions.judges]
    found = Counter(
        tuple(sorted((k for j in np.flatnonzero(row) if (k := kinds[j]) is not None), key=id_key))
        for row in chosen
    )
    return dict(sorted(found.items(), key=lambda item: (-item[1], str(item[0]))))
