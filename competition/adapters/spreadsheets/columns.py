"""Headers matched with the columns that an import knows, in English or Chinese."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from competition.adapters.spreadsheets.reading import Row, Table, folded


@dataclass(frozen=True)
class Placed:
    """Where the known columns stand in one table.

    Attributes
    ----------
    place : dict of str to int
        Known column to position from 0; a column that is not there is left out.
    missing : tuple of str
        Required columns that are not there.
    unknown : tuple of str
        Headers that mean nothing here, as written.
    repeated : tuple of str
        Known columns that two headers name.
    """

    place: Mapping[str, int]
    missing: tuple[str, ...]
    unknown: tuple[str, ...]
    repeated: tuple[str, ...]

    def cell(self, row: Row, name: str) -> str:
        """The text of a column in a row; empty where there is no such column."""
        place = self.place.get(name)
        return "" if place is None else row.cells[place]

    def number(self, name: str) -> int | None:
        """The column's number as a spreadsheet counts, from 1."""
        place = self.place.get(name)
        return None if place is None else place + 1


@dataclass(frozen=True)
class Columns:
    """The columns of one kind of file, each with the headers that may name it.

    Examples
    --------
    >>> columns = Columns({"judge": ("评委",), "entry": ("item", "作品")}, optional=("entry",))
    >>> table = Table("a.csv", 1, (" ＪＵＤＧＥ", "Notes"), ())
    >>> columns.place_in(table)
    Placed(place={'judge': 0}, missing=(), unknown=('Notes',), repeated=())
    """

    aliases: Mapping[str, Sequence[str]]
    optional: tuple[str, ...] = ()

    def place_in(self, table: Table) -> Placed:
        """Find the columns in a table, whatever the case, blanks or width of its headers."""
        meaning = {
            folded(alias): name
            for name, aliases in self.aliases.items()
            for alias in (name, *aliases)
        }
        place: dict[str, int] = {}
        unknown, repeated = [], []
        for position, header in enumerate(table.headers):
            name = meaning.get(folded(header))
            if name is None:
                unknown.append(header)
            elif name in place:
                repeated.append(name)
            else:
                place[name] = position
        missing = tuple(
            name for name in self.aliases if name not in place and name not in self.optional
        )
        return Placed(place, missing, tuple(unknown), tuple(repeated))
