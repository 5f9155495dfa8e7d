"""Judges by entries: how far each scorecard is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from competition.queries.scorecards import DeskState, JudgeProgress, Progress
from competition.web.formats import local
from competition.web.scorecards.words import STATES

MATRIX_MOST = 120
"""Entries in the matrix; with more the lists below say the same."""
SIGNS: Mapping[DeskState, tuple[str, str]] = {
    DeskState.SUBMITTED: ("a", "●"),
    DeskState.DRAFT: ("h", "◐"),
    DeskState.RETURNED: ("b", "↺"),
    DeskState.TO_DO: ("o", "○"),
    DeskState.RECUSED: ("x", "×"),
}
"""The class of the cell, and its sign."""
MARKS = {key: (sign, STATES[state]) for state, (key, sign) in SIGNS.items()}

Row = tuple[str, str, list[str], str]


def matrix_of(
    found: Progress, judges: Sequence[JudgeProgress]
) -> tuple[list[tuple[str, list[str]]], list[Row]]:
    """Groups of columns and rows, as the macro takes them; the latest judges first."""
    states = {(card.judge.id, card.entry.id): SIGNS[card.state][0] for card in found.cards}
    tracks: dict[str, list[int]] = {}
    for entry in found.entries:
        tracks.setdefault(local(entry.track), []).append(entry.id)
    numbers = {entry.id: entry.number.rpartition("-")[2] for entry in found.entries}
    order = [entry_id for ids in tracks.values() for entry_id in ids]
    groups = [(track, [numbers[entry_id] for entry_id in ids]) for track, ids in tracks.items()]
    rows = [
        (
            f"{item.judge.number:02} {item.judge.name}",
            "",
            [states.get((item.judge.id, entry_id), "") for entry_id in order],
            f"{item.expected - item.left}/{item.expected}",
        )
        for item in judges
    ]
    return groups, rows
