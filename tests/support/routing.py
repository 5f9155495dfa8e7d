"""Routes that are worked out once for all applications of a test run."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from typing import Any, ClassVar

from werkzeug.routing import Map, MapAdapter, Rule, RuleFactory

Facts = dict[str, Any]


class SharedMap(Map):
    """A map that only collects its rules, and takes what an equal one before it made of them.

    Every test has an application of its own; compiling its 160 routes anew was half the time of
    the tests of pages. Maps are equal when all that stands in them and in their rules is, before
    compiling. The map that they share is nobody's own: a route added later leads to another one.
    """

    _made: ClassVar[list[tuple[list[Any], Map]]] = []

    def __init__(self, *args: Any, **settings: Any) -> None:
        self._collected: list[Rule] = []
        self._converters: dict[int, Facts] = {}  # from which rule on, in order
        self._shared: Map | None = None
        super().__init__(*args, **settings)

    def add(self, rulefactory: RuleFactory) -> None:
        """Take a rule in, without a look at it; converters set afterwards are not for it."""
        if not self._converters or next(reversed(self._converters.values())) != self.converters:
            self._converters[len(self._collected)] = {**self.converters}
        self._collected.extend(rulefactory.get_rules(self))
        self._shared = None

    def bind(self, *args: Any, **more: Any) -> MapAdapter:
        return self._found().bind(*args, **more)

    def bind_to_environ(self, *args: Any, **more: Any) -> MapAdapter:
        return self._found().bind_to_environ(*args, **more)

    def iter_rules(self, endpoint: Any | None = None) -> Iterator[Rule]:
        return self._found().iter_rules(endpoint)

    def is_endpoint_expecting(self, endpoint: Any, *arguments: str) -> bool:
        return self._found().is_endpoint_expecting(endpoint, *arguments)

    def update(self) -> None:
        self._found().update()

    def _found(self) -> Map:
        if self._shared is None:
            settings = self._settings()
            facts = [settings, self._converters, [vars(rule) for rule in self._collected]]
            self._shared = next((made for known, made in self._made if known == facts), None)
            if self._shared is None:
                known = deepcopy(facts)
                self._shared = self._make(settings)
                self._made.append((known, self._shared))
        return self._shared

    def _settings(self) -> Facts:
        public = {name: value for name, value in vars(self).items() if not name.startswith("_")}
        del public["converters"]
        return {**public, "merge_slashes": self.merge_slashes}

    def _make(self, settings: Facts) -> Map:
        made = Map()
        for name, value in settings.items():
            setattr(made, name, value)
        for place, rule in enumerate(self._collected):
            made.converters = {**self._converters.get(place, made.converters)}
            made.add(deepcopy(rule))
        made.update()
        return made
