"""Options that take lists: numbers, a range of them, or methods."""

from __future__ import annotations

import re

import click


class NumberList(click.ParamType[tuple[int, ...]]):
    """Whole numbers above 0, parted by commas."""

    name = "numbers"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[int, ...]:
        if isinstance(value, tuple):
            return value
        parts = [part.strip() for part in str(value).split(",")]
        if not all(re.fullmatch(r"[1-9][0-9]{0,5}", part) for part in parts):
            self.fail(f"{value!r} is no list of whole numbers such as 3,10.", param, ctx)
        return tuple(dict.fromkeys(map(int, parts)))


class NumberRange(click.ParamType[tuple[int, ...]]):
    """Whole numbers from one to another, such as 1-10; one number is a range of its own."""

    name = "range"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[int, ...]:
        if isinstance(value, tuple):
            return value
        found = re.fullmatch(r"([1-9][0-9]{0,2})(?:-([1-9][0-9]{0,2}))?", str(value).strip())
        if found is None or int(found[2] or found[1]) < int(found[1]):
            self.fail(f"{value!r} is no range such as 1-10.", param, ctx)
        return tuple(range(int(found[1]), int(found[2] or found[1]) + 1))


class MethodList(click.ParamType[tuple[str, ...]]):
    """Methods, parted by commas."""

    name = "methods"

    def __init__(self, allowed: tuple[str, ...]) -> None:
        self.allowed = allowed

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, ...]:
        if isinstance(value, tuple):
            return value
        chosen = tuple(dict.fromkeys(part.strip() for part in str(value).split(",")))
        for method in chosen:
            if method not in self.allowed:
                self.fail(f"{method!r} is none of {', '.join(self.allowed)}.", param, ctx)
        return chosen
