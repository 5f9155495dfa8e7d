"""The problem that an organizer's files and options state, or what is wrong with them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from competition.cli.assign_files import EntryLine, JudgeLine, Pair, Reader, same
from competition.cli.input_tables import InputProblem

if TYPE_CHECKING:
    from competition.assigning import Problem

BOTH_KINDS = ("industry", "school")


@dataclass(frozen=True)
class Files:
    """Where the input comes from."""

    entries: Path
    judges: Path
    affinity: Path | None
    conflicts: Path | None
    locks: Path | None
    keep: Path | None


@dataclass(frozen=True)
class Rules:
    """What the options ask for."""

    per_entry: int
    changes: str
    mixed_panels: bool
    one_per_organization: bool


def read_problem(
    files: Files, rules: Rules
) -> tuple[Problem | None, Sequence[InputProblem], Sequence[str]]:
    """The problem, or None and everything that is wrong; and what is only worth a note."""
    reader = Reader()
    entries, judges = reader.entries(files.entries), reader.judges(files.judges)
    if reader.problems:
        return None, reader.problems, ()  # in other files the names would only be unknown
    apart = _same_organization(entries, judges)
    if files.conflicts:
        apart |= reader.conflicts(files.conflicts, entries, judges)
    affinity = reader.affinity(files.affinity, entries, judges) if files.affinity else None
    locked: Mapping[Pair, int] = {}
    excluded: set[Pair] = set()
    if files.locks:
        locked, excluded = reader.locks(files.locks, entries, judges, apart.__contains__)
    previous = reader.previous(files.keep) if files.keep else None
    checks = _Checks(reader, files, entries, judges, rules)
    checks.run(locked)
    notes = [f"column not used: {column}" for column in reader.unused]
    if previous is not None:
        gone = sum(entry not in entries or judge not in judges for entry, judge in previous)
        if gone:
            notes.append(f"{gone} earlier pairs are of judges or entries that are gone.")
    if reader.problems:
        return None, reader.problems, notes
    pairs = _Pairs(apart, affinity, frozenset(locked), frozenset(excluded), previous)
    return _as_problem(entries, judges, pairs, rules), (), notes


def _same_organization(
    entries: Mapping[str, EntryLine], judges: Mapping[str, JudgeLine]
) -> set[Pair]:
    members: dict[str, list[str]] = {}
    for judge, line in judges.items():
        if line.organization:
            members.setdefault(line.organization, []).append(judge)
    return {
        (entry, judge)
        for entry, line in entries.items()
        for judge in members.get(line.organization, ())
    }


@dataclass(frozen=True)
class _Checks:
    """What only shows when files and options come together."""

    reader: Reader
    files: Files
    entries: Mapping[str, EntryLine]
    judges: Mapping[str, JudgeLine]
    rules: Rules

    def run(self, locked: Mapping[Pair, int]) -> None:
        self._places()
        self._locks(locked)
        if self.rules.mixed_panels and len(required_kinds(self.judges)) < 2:
            self._wrong(self.files.judges, None, "kind", "Mixed panels need judges of two kinds.")
        owners = any(line.organization for line in self.judges.values())
        if self.rules.one_per_organization and not owners:
            sentence = "One judge of an organization: no judge has one."
            self._wrong(self.files.judges, None, "organization", sentence)

    def _places(self) -> None:
        """Judges enough for every entry, even if there were no conflicts."""
        most = len(self.judges)
        if self.rules.per_entry > most and any(
            line.per_entry is None for line in self.entries.values()
        ):
            sentence = f"--per-entry {self.rules.per_entry}, but there are only {most} judges."
            self._wrong(self.files.judges, None, "judge", sentence)
        for line in self.entries.values():
            if line.per_entry is not None and line.per_entry > most:
                sentence = f"{line.per_entry} judges are wanted, but there are only {most}."
                self._wrong(self.files.entries, line.row, "per_entry", sentence)

    def _locks(self, locked: Mapping[Pair, int]) -> None:
        """Locks within the limits of judge and entry."""
        of_judge: dict[str, int] = {}
        of_entry: dict[str, int] = {}
        for (entry, judge), row in locked.items():
            assert self.files.locks is not None
            of_judge[judge] = of_judge.get(judge, 0) + 1
            of_entry[entry] = of_entry.get(entry, 0) + 1
            most = self.judges[judge].most
            if most is not None and of_judge[judge] > most:
                sentence = f"{judge} takes {most} entries at most, and more are locked."
                self._wrong(self.files.locks, row, "judge", sentence)
            places = self.entries[entry].per_entry or self.rules.per_entry
            if of_entry[entry] > places:
                sentence = f"{entry} gets {places} judges, and more are locked."
                self._wrong(self.files.locks, row, "entry", sentence)

    def _wrong(self, file: Path, row: int | None, column: str, sentence: str) -> None:
        self.reader.problems.append(InputProblem(file.name, row, column, sentence))


def required_kinds(judges: Mapping[str, JudgeLine]) -> tuple[str, ...]:
    """School and industry, or else every kind that there is."""
    found = {line.kind for line in judges.values() if line.kind is not None}
    if found and found <= set(BOTH_KINDS):
        return BOTH_KINDS
    return tuple(sorted(found))


@dataclass(frozen=True)
class _Pairs:
    """What the files say about pairs."""

    apart: set[Pair]
    affinity: Mapping[Pair, float] | None
    locked: frozenset[Pair]
    excluded: frozenset[Pair]
    previous: set[Pair] | None


def _as_problem(
    entries: Mapping[str, EntryLine],
    judges: Mapping[str, JudgeLine],
    pairs: _Pairs,
    rules: Rules,
) -> Problem:
    import numpy as np

    from competition.assigning import Changes, Problem

    row = {name: i for i, name in enumerate(entries)}
    column = {name: j for j, name in enumerate(judges)}
    allowed = np.ones((len(row), len(column)), dtype=np.bool_)
    for entry, judge in pairs.apart:
        allowed[row[entry], column[judge]] = False
    affinity = np.zeros(allowed.shape)
    if pairs.affinity is None:
        for entry, line in entries.items():
            fits = [same(line.track) in of.tracks or not of.tracks for of in judges.values()]
            affinity[row[entry]] = fits if line.track else 1.0
    else:
        for (entry, judge), value in pairs.affinity.items():
            affinity[row[entry], column[judge]] = value
    most = len(entries)
    return Problem(
        entries=list(entries),
        judges=list(judges),
        allowed=allowed,
        per_entry=np.array([line.per_entry or rules.per_entry for line in entries.values()]),
        min_load=np.array([line.least for line in judges.values()]),
        max_load=np.array(
            [max(most, line.least) if line.most is None else line.most for line in judges.values()]
        ),
        affinity=affinity,
        kind=[line.kind for line in judges.values()],
        required_kinds=required_kinds(judges) if rules.mixed_panels else (),
        organization=[line.organization or None for line in judges.values()],
        one_per_organization=rules.one_per_organization,
        locked=pairs.locked,
        excluded=pairs.excluded,
        previous=None if pairs.previous is None else frozenset(pairs.previous),
        changes=Changes(rules.changes),
    )
