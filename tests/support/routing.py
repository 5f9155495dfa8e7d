"""Routes that are compiled once for all applications of a test run."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from werkzeug.routing import Rule

Builder = Callable[..., tuple[str, str]]


class RememberedRule(Rule):
    """A rule whose address builder is that of an equal rule before it.

    Every test has an application of its own; compiling its 130 routes anew was half the time of
    the tests of pages.
    """

    _builders: ClassVar[dict[tuple[object, ...], Builder]] = {}

    def _compile_builder(self, append_unknown: bool = True) -> Builder:
        key = (self.rule, tuple(self._trace), repr(self.defaults), append_unknown)
        if key not in self._builders:
            self._builders[key] = super()._compile_builder(append_unknown)
        return self._builders[key]
