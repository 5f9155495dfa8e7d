"""Every route with an address that leads somewhere, asked by every kind of visitor."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask import Flask
from werkzeug.routing import Rule

from tests.security.answers import Answer
from tests.security.world import World

SKIPPED = {"static", "bootstrap.static"}
UNSAFE = {"POST", "PUT", "PATCH", "DELETE"}

OBJECTS = frozenset(
    {
        "alias_id",
        "assignment_id",
        "conflict_id",
        "entry_id",
        "file_id",
        "member_id",
        "membership_id",
        "number",
        "plan",
        "position",
        "team_id",
        "version",
    }
)
FORMS: Mapping[str, Mapping[str, str]] = {
    "panels.assign": {"judge": "2"},
    "panels.change_plan": {"judge": "2", "do": "lock"},
    "rounds.move_competition": {"target": "closed"},
    "rounds.move_round": {"target": "locked"},
    "scorecards.give_back": {"reason": "Look again."},
}
"""What has to be said for the question who may do it to be asked at all."""


@dataclass(frozen=True)
class Door:
    """One method of one route, with what stands for the parts of its address."""

    endpoint: str
    method: str
    rule: Rule

    @property
    def parts(self) -> frozenset[str]:
        return frozenset(self.rule.arguments)

    @property
    def is_unsafe(self) -> bool:
        return self.method in UNSAFE

    @property
    def objects(self) -> frozenset[str]:
        """The parts that name something of one competition."""
        return self.parts & OBJECTS

    def values(self, world: World) -> dict[str, object]:
        """What stands for each part."""
        return {name: _value(self, name, world) for name in self.parts}

    def address(self, app: Flask, world: World, **other: object) -> str:
        return app.url_map.bind("localhost").build(
            self.endpoint, {**self.values(world), **other}, method=self.method
        )


def doors(app: Flask) -> list[Door]:
    return [
        Door(rule.endpoint, method, rule)
        for rule in app.url_map.iter_rules()
        if rule.endpoint not in SKIPPED
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
    ]


OF_DRAFT = {
    "submissions.edit_part",
    "submissions.save_part",
    "submissions.files",
    "submissions.add_files",
    "submissions.remove_file",
    "submissions.put_file_back",
    "submissions.check",
    "submissions.submit",
}
"""What a team does before it hands in, and so with the entry that it has not handed in."""


def _value(door: Door, name: str, world: World) -> object:
    endpoint = door.endpoint
    if name == "position":
        if endpoint.startswith("results."):
            return 1
        return 3 if endpoint in {"submissions.start", "submissions.start_entry"} else 2
    if name in {"entry_id", "file_id"} and endpoint in OF_DRAFT:
        return world.ids["draft" if name == "entry_id" else "draft_file"]
    if name == "number":
        if endpoint.startswith("panels.") and "entries" not in door.rule.rule:
            return world.ids["judge"]
        if "publish" in endpoint:
            return 1
        return world.numbers[1 if endpoint.startswith("results.") else 2]
    known: dict[str, object] = {
        "slug": "alpha",
        "plan": 1,
        "token": world.link,
        "version": 1,
        "part": "text",
        "act": "return",
        "ending": "csv",
        "kind": "csv" if endpoint == "results.download" else "judges",
        "digest": world.import_digest,
    }
    return known[name] if name in known else world.ids[name.removesuffix("_id")]


def outcome(answer: Answer) -> str:
    """`in`, `sign-in`, or the number of the refusal."""
    status = answer.status
    if status in {302, 303} and answer.leads_to[0].startswith("/sign-in"):
        return "sign-in"
    if status in {401, 403, 404, 405} or status >= 500:
        return str(status)
    return "in"
