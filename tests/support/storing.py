"""Objects of the models put into the database without SQLAlchemy's unit of work.

The unit of work finds out what belongs to what, and in which order; whoever makes data for tests
knows that, and most of the time of many tests went into it. A row goes in here at a third of the
cost, many of one kind at a tenth. The objects are as they are after a flush: persistent, with all
columns loaded, and known to collections that are loaded.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeVar, cast

from sqlalchemy import Connection, Insert, Table, inspect
from sqlalchemy.orm import Mapper, RelationshipDirection, Session, make_transient_to_detached
from sqlalchemy.orm.attributes import set_committed_value

from competition.models import Base

Model = TypeVar("Model", bound=Base)
Row = dict[str, Any]


def store(session: Session, kind: type[Model], **values: Any) -> Model:
    """A new object with these columns and relationships, in the database."""
    [made] = store_all(session, kind, [values])
    return made


def store_all(
    session: Session, kind: type[Model], objects: Iterable[Mapping[str, Any]]
) -> list[Model]:
    """New objects in this order. Each names the same columns; an empty collection is a loaded one.

    What the test has changed before is written first, as a flush of everything would do.
    """
    plan, given = _plan(kind), list(objects)
    session.flush()
    rows = [plan.row(values) for values in given]
    if rows:
        plan.insert(session.connection(), rows)
    made = [kind() for _row in rows]
    for item, row in zip(made, rows, strict=True):
        vars(item).update(row)  # as a query puts it there
        make_transient_to_detached(item)
    session.add_all(made)
    for item, values in zip(made, given, strict=True):
        plan.relate(item, values)
    return made


@dataclass(frozen=True)
class _ToOne:
    """A relationship to the one that an object belongs to."""

    pairs: Sequence[tuple[str, str]]
    """The columns of the foreign key, and what they hold of the other object."""
    collection: str | None
    """Where the other object lists those that belong to it."""


@dataclass(frozen=True)
class _Plan:
    """What is known of a class before there is an object."""

    statement: Insert
    columns: Mapping[str, Any]
    """Every column with what stands in it when nothing is said: a value, or what makes one."""
    key: str | None
    """The column that the database numbers."""
    to_one: Mapping[str, _ToOne]
    to_many: frozenset[str]

    def row(self, values: Mapping[str, Any]) -> Row:
        row = {
            name: default() if callable(default) else default
            for name, default in self.columns.items()
            if name not in values
        }
        for name, value in values.items():
            if name in self.to_one:
                for own, other in self.to_one[name].pairs:
                    row[own] = None if value is None else getattr(value, other)
            elif name in self.to_many:
                assert not value, f"{name} are stored on their own"
            else:
                row[name] = value
        if self.key is not None and row[self.key] is None:
            del row[self.key]
        return row

    def insert(self, connection: Connection, rows: list[Row]) -> None:
        if self.key is None or self.key in rows[0]:
            connection.execute(self.statement, rows)
        elif len(rows) == 1:
            [row] = rows
            key = connection.execute(self.statement, row).inserted_primary_key
            assert key is not None
            row[self.key] = key[0]
        else:
            numbered = self.statement.returning(
                self.statement.table.c[self.key], sort_by_parameter_order=True
            )
            keys = connection.execute(numbered, rows).scalars()
            for row, key in zip(rows, keys, strict=True):
                row[self.key] = key

    def relate(self, item: Base, values: Mapping[str, Any]) -> None:
        """Let the object know its relationships, and loaded collections the object."""
        for name, value in values.items():
            if name in self.to_many:
                set_committed_value(item, name, value)
            elif name in self.to_one:
                set_committed_value(item, name, value)
                collection = self.to_one[name].collection
                if collection is not None and collection in vars(value):
                    set_committed_value(value, collection, [*vars(value)[collection], item])


@cache
def _plan(kind: type[Base]) -> _Plan:
    mapper: Mapper[Any] = inspect(kind)
    table = cast(Table, mapper.local_table)
    numbered = table.autoincrement_column
    to_one, to_many = {}, set()
    for relationship in mapper.relationships:
        if relationship.viewonly:
            continue
        if relationship.direction is RelationshipDirection.MANYTOONE:
            pairs = [
                (str(own.key), str(other.key))
                for own, other in relationship.local_remote_pairs or ()
            ]
            to_one[relationship.key] = _ToOne(pairs, relationship.back_populates)
        else:
            to_many.add(relationship.key)
    return _Plan(
        table.insert(),
        {str(column.key): _default(column) for column in table.columns},
        None if numbered is None else str(numbered.key),
        to_one,
        frozenset(to_many),
    )


def _default(column: Any) -> Any:
    if column.default is None:
        return None
    default = column.default.arg
    return (lambda: default(None)) if callable(default) else default
