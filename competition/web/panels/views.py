"""What the assignment pages show, made from the board: matrix, candidates, sheets, sentences."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from flask_babel import LazyString, ngettext
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from competition.adapters.spreadsheets import Sheet
from competition.models import Entry, Judge
from competition.queries.panels import Board, ConflictReason, Jam, Obstacle, Shortage
from competition.services.tables import FORMATS, TableKind
from competition.vocabulary import AssignmentState
from competition.web.formats import current_locale, listing, local
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


def matrix_of(board: Board, track_id: int | None) -> Matrix:
    """Judges by entries; the loads are those of the whole round."""
    entries = [entry for entry in board.entries if track_id in (None, entry.track_id)]
    groups = [
        (local(of[0].track.name), [short_number(entry) for entry in of])
        for of in (list(items) for _key, items in groupby(entries, lambda entry: entry.track_id))
    ]
    rows = [
        (
            f"{judge.number:02} {judge.account.name}",
            label(judge.kind),
            [mark(board, entry, judge) for entry in entries],
            board.load[judge.id],
        )
        for judge in board.judges
    ]
    gaps = [board.open_places.get(entry.id, 0) for entry in entries]
    return Matrix(groups, rows, (_("Places open"), gaps, sum(gaps)))


def short_number(entry: Entry) -> str:
    """The number without its letters, as the matrix's narrow columns want it."""
    return entry.number.rpartition("-")[2]


def mark(board: Board, entry: Entry, judge: Judge) -> str:
    row = board.at.get((entry.id, judge.id))
    if row is not None and row.is_live:
        return "k" if row.is_locked else "a"
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


def shortage_sentence(item: Shortage, per_entry: int) -> str:
    """Why one entry stays short, as one sentence."""
    missing = ngettext(
        "%(entry)s lacks %(num)s judge",
        "%(entry)s lacks %(num)s judges",
        item.missing,
        entry=item.entry.number,
    )
    if item.able >= per_entry:
        return str(_("%(missing)s: those who may take it are full.", missing=missing))
    why = [f"{count} × {OBSTACLES[kind]}" for kind, count in item.obstacles.items()]
    facts = {"missing": missing, "able": item.able, "why": _(", ").join(why)}
    if not why:
        text = _("%(missing)s: the panel has only %(able)s who may take it.", **facts)
    else:
        text = _("%(missing)s: only %(able)s of the panel may take it (%(why)s).", **facts)
    return str(text)


def jam_sentence(jam: Jam) -> str:
    """Which entries and judges stand in each other's way, as one sentence."""
    entries = named([entry.number for entry in jam.entries])
    judges = named([f"{judge.number:02} {judge.account.name}" for judge in jam.judges])
    text = ngettext(
        "Only %(judges)s may take more of %(entries)s, and their limits leave %(num)s place too "
        "few.",
        "Only %(judges)s may take more of %(entries)s, and their limits leave %(num)s places too "
        "few.",
        jam.short,
        judges=judges,
        entries=entries,
    )
    return str(text)


def named(names: Sequence[str], most: int = 12) -> str:
    """A list in words; a long one is cut, and says by how many."""
    if len(names) <= most:
        return listing(names)
    rest = ngettext("%(num)s more", "%(num)s more", len(names) - most)
    return listing([*names[:most], rest])


def obstacle_words(reason: Obstacle | ConflictReason) -> str:
    return str(OBSTACLES[Obstacle(reason.value)])


def recusal_words(reason: str) -> str:
    """The reason of a recusal; one that a conflict caused is a code."""
    return str(OBSTACLES[Obstacle(reason)]) if reason in set(ConflictReason) else reason


def assignment_sheets(board: Board) -> list[Sheet]:
    """The list that can be imported again, and the judge x entry matrix."""
    numbers = {entry.id: entry for entry in board.entries}
    judges = {judge.id: judge for judge in board.judges}
    pairs = [
        (
            numbers[row.entry_id].number,
            judges[row.judge_id].account.email,
            "lock" if row.is_locked else "assign",
            local(numbers[row.entry_id].track.name),
            f"{judges[row.judge_id].number:02} {judges[row.judge_id].account.name}",
            label(row.state),
        )
        for row in board.live
    ]
    own = [column.header(str(current_locale())) for column in FORMATS[TableKind.ASSIGNMENTS]]
    headers = (*own, _("Track"), _("Name"), _("State"))
    grid = [
        (
            f"{judge.number:02} {judge.account.name}",
            *(SIGNS[mark(board, entry, judge)] for entry in board.entries),
        )
        for judge in board.judges
    ]
    return [
        Sheet(_("Assignments"), headers, pairs),
        Sheet(_("Matrix"), (_("Judge"), *(entry.number for entry in board.entries)), grid),
    ]


SIGNS = {"a": "●", "k": "■", "x": "×", "": ""}


def state_words(state: AssignmentState, has_begun: bool) -> str:
    """The state of an assignment, with the work begun on it."""
    if state is AssignmentState.CONFIRMED and has_begun:
        return str(_("In work"))
    return label(state)
