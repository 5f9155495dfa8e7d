"""Routes that are compiled once for all applications of a test run."""

from __future__ import annotations

from typing import Any, ClassVar

from werkzeug.routing import Rule


class RememberedRule(Rule):
    """A rule that takes over what an equal rule before it has worked out.

    Every test has an application of its own; compiling its 130 routes anew was half the time of
    the tests of pages. What compiling leaves in a rule is observed, so that no name of werkzeug's
    inside is needed here.
    """

    _compiled: ClassVar[dict[str, dict[str, Any]]] = {}

    def compile(self) -> None:
        """As werkzeug does it, or as it did it for an equal rule of another application."""
        assert self.map is not None
        before = {name: repr(value) for name, value in vars(self).items() if name != "map"}
        key = f"{before} {sorted(self.map.converters)}"
        if key not in self._compiled:
            super().compile()
            self._compiled[key] = {
                name: value
                for name, value in vars(self).items()
                if name != "map" and before.get(name) != repr(value)
            }
        vars(self).update(self._compiled[key])
