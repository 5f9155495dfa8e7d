"""Judges, seats, conflicts and who judges what."""

from competition.queries.panels.assignments import (
    AssignmentRow,
    Load,
    assigned_entries,
    assignments_of_judge,
    assignments_of_round,
    judgeable_entries,
    panel_load,
)
from competition.queries.panels.board import (
    Board,
    Explanation,
    Jam,
    Obstacle,
    Shortage,
    assignment_board,
    last_seed,
    shortfall,
)
from competition.queries.panels.conflicts import (
    ConflictReason,
    DerivedConflict,
    conflict_between,
    conflict_map,
    conflicts_of,
    derived_conflicts,
    teams_named,
)
from competition.queries.panels.judges import (
    Access,
    access_of,
    judge_by_number,
    judges_of,
    panel_of,
    seats_of,
)

__all__ = [
    "Access",
    "AssignmentRow",
    "Board",
    "ConflictReason",
    "DerivedConflict",
    "Explanation",
    "Jam",
    "Load",
    "Obstacle",
    "Shortage",
    "access_of",
    "assigned_entries",
    "assignment_board",
    "assignments_of_judge",
    "assignments_of_round",
    "conflict_between",
    "conflict_map",
    "conflicts_of",
    "derived_conflicts",
    "judge_by_number",
    "judgeable_entries",
    "judges_of",
    "last_seed",
    "panel_load",
    "panel_of",
    "seats_of",
    "shortfall",
    "teams_named",
]
