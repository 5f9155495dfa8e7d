"""What the assignment pages show, made from the board: matrix, candidates, sheets, sentences."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import groupby

from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from competition.adapters.spreadsheets import Sheet
from competition.models import Entry, Judge
from competition.queries.panels import Board, ConflictReason, Obstacle, Pair
from competition.services.tables import FORMATS, TableKind
from competition.vocabulary import AssignmentState, PairState
from competition.web.formats import current_locale, local
from competition.web.labels import label

OBSTACLES: dict[Obstacle, LazyString] = {
    Obstacle.DECLARED: _l("declared conflict"),
    Obstacle.SAME_ORGANIZATION: _l("same organization"),
    Obstacle.IN_TEAM: _l("in the team"),
    Obstacle.RECUSED: _l("stepped back"),
    Obstacle.OTHER_TRACK: _l("other track"),
    Obstacle.FULL: _l("takes no more"),
}


@dataclass(frozen=True)
class Matrix:
    """Arguments of the matrix macro."""

    groups: list[tuple[str, list[str]]]
    rows: list[tuple[str, str, list[str], int]]
    foot: tuple[str, list[int], int]


def matrix_of(board: Board, pairs: Mapping[Pair, PairState], track_id: int | None) -> Matrix:
    """Judges by entries, of a plan or of what is assigned; loads are those of the whole round."""
    entries = [entry for entry in board.entries if track_id in (None, entry.track_id)]
    groups = [
        (local(of[0].track.name), [short_number(entry) for entry in of])
        for of in (list(items) for _key, items in groupby(entries, lambda entry: entry.track_id))
    ]
    taken = [pair for pair, state in pairs.items() if state is not PairState.EXCLUDED]
    load = Counter(judge_id for _entry_id, judge_id in taken)
    filled = Counter(entry_id for entry_id, _judge_id in taken)
    rows = [
        (
            f"{judge.number:02} {judge.account.name}",
            label(judge.kind),
            [mark(board, pairs, entry, judge) for entry in entries],
            load[judge.id],
        )
        for judge in board.judges
    ]
    gaps = [max(0, board.places[entry.id] - filled[entry.id]) for entry in entries]
    return Matrix(groups, rows, (_("Places open"), gaps, sum(gaps)))


def short_number(entry: Entry) -> str:
    """The number without its letters, as the matrix's narrow columns want it."""
    return entry.number.rpartition("-")[2]


def mark(board: Board, pairs: Mapping[Pair, PairState], entry: Entry, judge: Judge) -> str:
    state = pairs.get((entry.id, judge.id))
    if state is not None:
        return MARKS[state]
    why = board.obstacle(entry, judge)
    return "x" if why is not None and (why.is_conflict or why is Obstacle.RECUSED) else ""


@dataclass(frozen=True)
class Candidate:
    """A judge who could be given an entry, or why not."""

    judge: Judge
    load: int
    obstacle: Obstacle | None

    @property
    def is_able(self) -> bool:
        return self.obstacle in (None, Obstacle.OTHER_TRACK)


def candidates(board: Board, entry: Entry) -> list[Candidate]:
    """The panel without those who have the entry; the able ones with few entries first."""
    found = []
    for judge in board.judges:
        row = board.at.get((entry.id, judge.id))
        if judge.id not in board.seated or (row is not None and row.is_live):
            continue
        why = board.obstacle(entry, judge)
        if why in (None, Obstacle.OTHER_TRACK) and board.is_full(judge):
            why = Obstacle.FULL
        found.append(Candidate(judge, board.load[judge.id], why))
    return sorted(found, key=lambda item: (not item.is_able, item.obstacle is not None, item.load))


def obstacle_words(reason: Obstacle | ConflictReason) -> str:
    return str(OBSTACLES[Obstacle(reason.value)])


def recusal_words(reason: str) -> str:
    """The reason of a recusal; one that a conflict caused is a code."""
    return str(OBSTACLES[Obstacle(reason)]) if reason in set(ConflictReason) else reason


def _key_of(judge: Judge, *, with_contacts: bool) -> str:
    return judge.account.email if with_contacts else f"{judge.number:02}"


def assignment_sheets(board: Board, *, with_contacts: bool) -> list[Sheet]:
    """The list that can be imported again, and the judge x entry matrix.

    An import knows a judge by the e-mail address or, without `with_contacts`, by the number.
    """
    numbers = {entry.id: entry for entry in board.entries}
    judges = {judge.id: judge for judge in board.judges}
    pairs = [
        (
            numbers[row.entry_id].number,
            _key_of(judges[row.judge_id], with_contacts=with_contacts),
            "lock" if row.is_locked else "assign",
            local(numbers[row.entry_id].track.name),
            f"{judges[row.judge_id].number:02} {judges[row.judge_id].account.name}",
            label(row.state),
        )
        for row in board.live
    ]
    own = [column.header(str(current_locale())) for column in FORMATS[TableKind.ASSIGNMENTS]]
    headers = (*own, _("Track"), _("Name"), _("State"))
    live = {
        (row.entry_id, row.judge_id): PairState.LOCKED if row.is_locked else PairState.PLANNED
        for row in board.live
    }
    grid = [
        (
            f"{judge.number:02} {judge.account.name}",
            *(SIGNS[mark(board, live, entry, judge)] for entry in board.entries),
        )
        for judge in board.judges
    ]
    return [
        Sheet(_("Assignments"), headers, pairs),
        Sheet(_("Matrix"), (_("Judge"), *(entry.number for entry in board.entries)), grid),
    ]


SIGNS = {"a": "●", "k": "■", "x": "×", "e": "–", "": ""}
MARKS = {PairState.PLANNED: "a", PairState.LOCKED: "k", PairState.EXCLUDED: "e"}


def state_words(state: AssignmentState, has_begun: bool) -> str:
    """The state of an assignment, with the work begun on it."""
    if state is AssignmentState.CONFIRMED and has_begun:
        return str(_("In work"))
    return label(state)
