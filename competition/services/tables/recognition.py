"""From what people write in a cell to the judge, entry or team they mean."""

from __future__ import annotations

import re
from collections.abc import Iterable

from competition.models import Competition, Entry, Judge, LocalText, Team, Track
from competition.services.tables.sheets import Cells, both_names, folded, shown

NAME_AND_NUMBER = re.compile(r".*[(（]0*(\d{1,6})[)）]", re.DOTALL)
"""As exports tell two judges of one name apart: Li Hua (07)."""
NUMBERED = re.compile(r"(?:judge|评委|评审)?\s*0*(\d{1,6})")


def in_both(text: LocalText) -> set[str]:
    """A bilingual name as it may be written."""
    return {folded(part) for part in (text.en, text.zh) if part}


class Judges:
    """Judges by e-mail address, by number, or by a name that only one of them has."""

    def __init__(self, judges: Iterable[Judge]) -> None:
        self._by_email: dict[str, Judge] = {}
        self._by_number: dict[int, Judge] = {}
        self._by_name: dict[str, list[Judge]] = {}
        for judge in judges:
            self._by_email[judge.account.email] = judge
            self._by_number[judge.number] = judge
            self._by_name.setdefault(folded(judge.account.name), []).append(judge)
        self._known: dict[str, Judge] = {}

    def find(self, cells: Cells, column: str = "judge") -> Judge | None:
        """The judge a cell means, or None with the problem noted."""
        text = cells.text(column, needed=True)
        if not text or text in self._known:
            return self._known.get(text)
        found = self._by_email.get(text.lower())
        named = self._by_name.get(folded(text), [])
        if found is None and len(named) > 1:
            cells.wrong("table_judge_ambiguous", column, value=shown(text))
            return None
        if found is None and named:
            found = named[0]
        if found is None:
            number = NUMBERED.fullmatch(folded(text)) or NAME_AND_NUMBER.fullmatch(text)
            found = self._by_number.get(int(number[1])) if number else None
        if found is None:
            cells.wrong("table_judge_unknown", column, value=shown(text))
            return None
        self._known[text] = found
        return found


class Entries:
    """Entries by number, or by a title that only one of them has."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self._by_number: dict[str, list[Entry]] = {}
        self._by_title: dict[str, list[Entry]] = {}
        for entry in entries:
            self._by_number.setdefault(folded(entry.number), []).append(entry)
            for title in in_both(entry.title):
                self._by_title.setdefault(title, []).append(entry)
        self._known: dict[str, Entry] = {}

    def find(self, cells: Cells, column: str = "entry") -> Entry | None:
        """The entry a cell means, or None with the problem noted."""
        text = cells.text(column, needed=True)
        if not text or text in self._known:
            return self._known.get(text)
        found = self._by_number.get(folded(text)) or self._by_title.get(folded(text), [])
        if len({entry.team_id for entry in found}) > 1:
            cells.wrong("table_entry_ambiguous", column, value=shown(text))
            return None
        if not found:
            cells.wrong("table_entry_unknown", column, value=shown(text))
            return None
        self._known[text] = found[0]
        return found[0]


class Teams:
    """Teams by name, and by the school or company they come from."""

    def __init__(self, teams: Iterable[Team]) -> None:
        self._by_name: dict[str, Team] = {}
        self._by_school: dict[str, list[Team]] = {}
        for team in teams:
            self._by_name[folded(team.name)] = team
            for name in in_both(team.organization.name) | {team.organization.key}:
                self._by_school.setdefault(name, []).append(team)

    def named(self, name: str) -> Team | None:
        return self._by_name.get(folded(name))

    def find(self, cells: Cells, column: str = "team") -> Team | None:
        text = cells.text(column, needed=True)
        if not text:
            return None
        found = self.named(text)
        if found is None:
            cells.wrong("table_team_unknown", column, value=shown(text))
        return found

    def of_school(self, cells: Cells, column: str = "school") -> list[Team]:
        text = cells.text(column, needed=True)
        found = self._by_school.get(folded(text), [])
        if text and not found:
            cells.wrong("table_school_unknown", column, value=shown(text))
        return found


class Tracks:
    """The tracks of a competition by name in either language."""

    def __init__(self, competition: Competition) -> None:
        self.all = list(competition.tracks)
        self._by_name = {name: track for track in self.all for name in in_both(track.name)}

    def find(self, cells: Cells, text: str, column: str) -> Track | None:
        found = self._by_name.get(folded(text))
        if found is None:
            known = [both_names(track.name) for track in self.all]
            cells.wrong("table_track_unknown", column, value=shown(text), known=known)
        return found
