"""What all tables share: the declarative base and the column types."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any

from sqlalchemy import (
    JSON,
    BigInteger,
    DateTime,
    Dialect,
    Enum,
    Index,
    Integer,
    MetaData,
    String,
    text,
)
from sqlalchemy.orm import DeclarativeBase, mapped_column, registry
from sqlalchemy.types import TypeDecorator

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class UTCDateTime(TypeDecorator[datetime]):
    """An aware instant, stored as UTC; a naive one is refused."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive datetime cannot be stored")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.replace(tzinfo=UTC)


POINT_SCALE = 10_000


class Points(TypeDecorator[Decimal]):
    """An exact decimal number of at most four places, stored as a whole number of 1/10000."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: Decimal | int | None, dialect: Dialect) -> int | None:
        if value is None:
            return None
        scaled = Decimal(value) * POINT_SCALE
        if scaled != scaled.to_integral_value():
            raise ValueError(f"{value} has more than four decimal places")
        return int(scaled)

    def process_result_value(self, value: int | None, dialect: Dialect) -> Decimal | None:
        return None if value is None else (Decimal(value) / POINT_SCALE).normalize() + 0


@dataclass(frozen=True, slots=True)
class LocalText:
    """A text that organizers may give in English, in Chinese, or in both."""

    en: str = ""
    zh: str = ""

    def in_(self, locale: str) -> str:
        """The text in the language of `locale`, or in the other one where that is missing."""
        return (self.zh or self.en) if locale.startswith("zh") else (self.en or self.zh)

    def __bool__(self) -> bool:
        return bool(self.en or self.zh)

    def __str__(self) -> str:
        return self.en or self.zh


class LocalTextType(TypeDecorator[LocalText]):
    """LocalText as a JSON object; the empty text as an empty object."""

    impl = JSON
    cache_ok = True

    def process_bind_param(self, value: LocalText | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        return {key: text for key, text in (("en", value.en), ("zh", value.zh)) if text}

    def process_result_value(self, value: Any, dialect: Dialect) -> LocalText | None:
        return None if value is None else LocalText(**value)


def enum_type(kind: type[StrEnum]) -> Enum:
    """A text column that holds the values of `kind`, checked by the database."""
    return Enum(
        kind,
        native_enum=False,
        create_constraint=True,
        length=24,
        values_callable=lambda members: [member.value for member in members],
        name=kind.__name__.lower(),
    )


WHERE = "where"


def unique_among(name: str, *columns: str, where: str) -> Index:
    """An index that lets each combination stand once among the rows that `where` selects.

    PostgreSQL's own option for that would load its dialect, megabytes, in every worker on SQLite;
    `tell_postgresql` adds it where migrations are written and run.
    """
    return Index(name, *columns, unique=True, sqlite_where=text(where), info={WHERE: where})


def tell_postgresql(metadata: MetaData) -> None:
    """Give the partial indexes their condition for PostgreSQL too."""
    for table in metadata.tables.values():
        for index in table.indexes:
            if WHERE in index.info:
                index.dialect_options["postgresql"]["where"] = text(index.info[WHERE])


Identity = Annotated[int, mapped_column(Integer, primary_key=True)]
ShortText = Annotated[str, mapped_column(String(200))]


class Base(DeclarativeBase):
    """Base of all tables."""

    registry = registry(
        metadata=MetaData(naming_convention=NAMING),
        type_annotation_map={
            datetime: UTCDateTime(),
            Decimal: Points(),
            LocalText: LocalTextType(),
            dict[str, Any]: JSON(),
            list[Any]: JSON(),
        },
    )
