"""Entries, judges, fit and locks read from files, with every problem named by row and column."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from competition.adapters.spreadsheets import Columns, Placed, Row, SpreadsheetError, read_table
from competition.cli.input_tables import MOST_BYTES, MOST_ROWS, InputProblem
from competition.cli.score_words import spreadsheet_sentence

Pair = tuple[str, str]
"""Entry and judge."""

_JUDGE, _ENTRY = ("评委", "评审", "评委姓名"), ("item", "作品", "作品编号")
_ORGANIZATION = ("school", "学校", "单位", "所属单位")
ENTRY_COLUMNS = Columns(
    {
        "entry": _ENTRY,
        "track": ("赛道",),
        "organization": _ORGANIZATION,
        "per_entry": ("评委数", "每件作品评委数"),
    },
    optional=("track", "organization", "per_entry"),
)
JUDGE_COLUMNS = Columns(
    {
        "judge": _JUDGE,
        "organization": _ORGANIZATION,
        "kind": ("类别", "评委类别"),
        "tracks": ("track", "赛道"),
        "min_entries": ("最少作品数", "作品下限"),
        "max_entries": ("最多作品数", "作品上限"),
    },
    optional=("organization", "kind", "tracks", "min_entries", "max_entries"),
)
AFFINITY_COLUMNS = Columns(
    {"judge": _JUDGE, "entry": _ENTRY, "affinity": ("匹配度", "契合度", "fit")}
)
PAIR_COLUMNS = Columns({"judge": _JUDGE, "entry": _ENTRY})
LOCK_COLUMNS = Columns({"judge": _JUDGE, "entry": _ENTRY, "action": ("操作", "动作")})

KINDS = {
    "school": "school",
    "university": "school",
    "学校": "school",
    "高校": "school",
    "院校": "school",
    "industry": "industry",
    "company": "industry",
    "企业": "industry",
    "公司": "industry",
    "产业": "industry",
    "产业界": "industry",
}
ACTIONS = {
    "assign": "assign",
    "lock": "assign",
    "分配": "assign",
    "锁定": "assign",
    "exclude": "exclude",
    "排除": "exclude",
    "禁止": "exclude",
}
_BETWEEN_TRACKS = re.compile(r"[;,|/；，、]")
_WHOLE = re.compile(r"\d{1,7}", re.ASCII)
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?", re.ASCII)
_LARGEST = 1e12


@dataclass(frozen=True)
class EntryLine:
    row: int
    track: str
    organization: str
    per_entry: int | None


@dataclass(frozen=True)
class JudgeLine:
    row: int
    organization: str
    kind: str | None
    tracks: frozenset[str]
    least: int
    most: int | None


@dataclass
class Reader:
    """Reads files and gathers what is wrong with them."""

    problems: list[InputProblem] = field(default_factory=list)
    unused: list[str] = field(default_factory=list)

    def entries(self, path: Path) -> dict[str, EntryLine]:
        found: dict[str, EntryLine] = {}
        for line in self._lines(path, ENTRY_COLUMNS):
            name = line.name("entry", found)
            count = line.whole("per_entry", least=1)
            if name:
                track, owner = line.text("track"), line.text("organization")
                found[name] = EntryLine(line.row, track, same(owner), count)
        return found

    def judges(self, path: Path) -> dict[str, JudgeLine]:
        found: dict[str, JudgeLine] = {}
        for line in self._lines(path, JUDGE_COLUMNS):
            name = line.name("judge", found)
            least, most = line.whole("min_entries"), line.whole("max_entries")
            if least is not None and most is not None and least > most:
                line.wrong("min_entries", f"{least} is above max_entries, {most}.")
            kind = line.text("kind")
            if name:
                found[name] = JudgeLine(
                    row=line.row,
                    organization=same(line.text("organization")),
                    kind=KINDS.get(same(kind), kind) or None,
                    tracks=frozenset(
                        filter(None, map(same, _BETWEEN_TRACKS.split(line.text("tracks"))))
                    ),
                    least=least or 0,
                    most=most,
                )
        return found

    def affinity(
        self, path: Path, entries: Mapping[str, object], judges: Mapping[str, object]
    ) -> dict[Pair, float]:
        found: dict[Pair, float] = {}
        seen: dict[Pair, int] = {}
        for line in self._lines(path, AFFINITY_COLUMNS):
            pair = line.pair(entries, judges, seen)
            value = line.number("affinity")
            if pair is not None and value is not None:
                found[pair] = value
        return found

    def conflicts(
        self, path: Path, entries: Mapping[str, object], judges: Mapping[str, object]
    ) -> set[Pair]:
        seen: dict[Pair, int] = {}
        lines = self._lines(path, PAIR_COLUMNS, may_be_empty=True)
        return {pair for line in lines if (pair := line.pair(entries, judges, seen))}

    def locks(
        self,
        path: Path,
        entries: Mapping[str, object],
        judges: Mapping[str, object],
        forbids: Callable[[Pair], bool],
    ) -> tuple[dict[Pair, int], set[Pair]]:
        """Pairs to assign with their rows, and pairs to exclude."""
        assigned: dict[Pair, int] = {}
        excluded: set[Pair] = set()
        seen: dict[Pair, int] = {}
        for line in self._lines(path, LOCK_COLUMNS, may_be_empty=True):
            pair = line.pair(entries, judges, seen)
            action = ACTIONS.get(same(line.text("action")))
            if line.text("action") and action is None:
                line.wrong("action", f"{line.shown('action')} is neither assign nor exclude.")
            if pair is None or action is None:
                continue
            if action == "exclude":
                excluded.add(pair)
            elif forbids(pair):
                line.wrong(
                    "judge", f"{pair[1]} has a conflict with {pair[0]} and cannot be locked to it."
                )
            else:
                assigned[pair] = line.row
        return assigned, excluded

    def previous(self, path: Path) -> set[Pair]:
        """The pairs of an earlier plan; its judges and entries may be gone."""
        seen: dict[Pair, int] = {}
        lines = self._lines(path, PAIR_COLUMNS, may_be_empty=True)
        return {pair for line in lines if (pair := line.pair(None, None, seen))}

    def _lines(self, path: Path, columns: Columns, *, may_be_empty: bool = False) -> Iterator[Line]:
        name = path.name
        try:
            table = read_table(path, name, max_rows=MOST_ROWS, max_bytes=MOST_BYTES)
        except SpreadsheetError as error:
            row, column = error.facts.get("row"), error.facts.get("column")
            sentence = spreadsheet_sentence(error.code, error.facts)
            place = None if column is None else str(column)
            self.problems.append(InputProblem(name, row, place, sentence))
            return
        placed = columns.place_in(table)
        header = table.header_row
        self.problems += [
            InputProblem(name, header, column, "This column is missing.")
            for column in placed.missing
        ]
        self.problems += [
            InputProblem(name, header, column, "Two columns have this meaning.")
            for column in placed.repeated
        ]
        self.unused += [f"{name}: {column}" for column in placed.unknown if column]
        if placed.missing or placed.repeated:
            return
        if not table.rows and not may_be_empty:
            self.problems.append(
                InputProblem(name, None, None, "There is nothing below the headers.")
            )
        headers = {known: table.headers[place] for known, place in placed.place.items()}
        for row in table.rows:
            yield Line(self, name, row, placed, headers)


@dataclass(frozen=True)
class Line:
    """One row of a file."""

    reader: Reader
    file: str
    cells: Row
    placed: Placed
    headers: Mapping[str, str]

    @property
    def row(self) -> int:
        return self.cells.number

    def text(self, column: str) -> str:
        return self.placed.cell(self.cells, column)

    def shown(self, column: str) -> str:
        text = self.text(column)
        return repr(text if len(text) <= 40 else f"{text[:40]}…")

    def wrong(self, column: str, sentence: str) -> None:
        header = self.headers.get(column, column)
        self.reader.problems.append(InputProblem(self.file, self.row, header, sentence))

    def needed(self, column: str) -> str:
        text = self.text(column)
        if not text:
            self.wrong(column, "The cell is empty.")
        return text

    def name(self, column: str, taken: Mapping[str, EntryLine] | Mapping[str, JudgeLine]) -> str:
        """A name that no earlier row has."""
        text = self.needed(column)
        if text in taken:
            self.wrong(column, f"{self.shown(column)} is there already, in row {taken[text].row}.")
            return ""
        return text

    def pair(
        self,
        entries: Mapping[str, object] | None,
        judges: Mapping[str, object] | None,
        seen: dict[Pair, int],
    ) -> Pair | None:
        """Entry and judge, both known, and not in an earlier row."""
        entry, judge = self.needed("entry"), self.needed("judge")
        known = bool(entry and judge)
        for column, text, names in (("entry", entry, entries), ("judge", judge, judges)):
            if text and names is not None and text not in names:
                self.wrong(column, f"There is no {column} {self.shown(column)}.")
                known = False
        if not known:
            return None
        pair = (entry, judge)
        if seen.setdefault(pair, self.row) != self.row:
            self.wrong("judge", f"This pair repeats row {seen[pair]}.")
            return None
        return pair

    def whole(self, column: str, *, least: int = 0) -> int | None:
        text = _plain(self.text(column))
        if not text:
            return None
        whole = text.removesuffix(".0")
        if not _WHOLE.fullmatch(whole) or int(whole) < least:
            self.wrong(column, f"{self.shown(column)} is no whole number from {least} on.")
            return None
        return int(whole)

    def number(self, column: str) -> float | None:
        text = _plain(self.needed(column))
        if not text:
            return None
        if not _NUMBER.fullmatch(text):
            self.wrong(column, f"{self.shown(column)} is not a number.")
            return None
        value = float(text)
        if value < 0:
            self.wrong(column, f"{self.shown(column)} is negative.")
            return None
        if value > _LARGEST:
            self.wrong(column, f"{self.shown(column)} is too large.")
            return None
        return value


def same(text: str) -> str:
    """A text without what does not distinguish names: width, case, blanks."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip().replace("\N{MINUS SIGN}", "-")
