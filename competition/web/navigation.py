"""What stands in the head of the page for whom."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask import Flask, current_app, request, url_for
from flask_babel import gettext as _

from competition.guards import actor
from competition.models import Competition, Round
from competition.policies import Permission, can
from competition.vocabulary import Role, RoundState
from competition.web.labels import label

OF_A_ROUND = frozenset(("position", "entry_id"))
"""Parts of an address that name a round, or something within one."""

STANDS_UNDER: Mapping[str, str] = {
    "panels.dropping_out": "panels.judges",
    "panels.drop_out": "panels.judges",
    "panels.bids": "scorecards.desk",
    "panels.save_bids": "scorecards.desk",
    "panels.declarations": "submissions.my_team",
    "panels.declare": "submissions.my_team",
}
"""Pages of a feature that its readers reach from an item of another one."""


@dataclass(frozen=True)
class NavItem:
    label: str
    url: str
    is_current: bool


def register(app: Flask) -> None:
    app.jinja_env.globals.update(
        navigation=navigation, can=lambda permission, thing=None: can(actor(), permission, thing)
    )
    app.jinja_env.globals["actor"] = actor
    app.jinja_env.filters["label"] = label


def current_round(competition: Competition) -> Round | None:
    """The round that organizers are most likely busy with: the last one past its setup."""
    begun = [item for item in competition.rounds if item.state is not RoundState.SETUP]
    return next(reversed(begun or competition.rounds), None)


def navigation(competition: Competition | None = None, of: Round | None = None) -> list[NavItem]:
    """The items for this reader; `competition` has its rounds loaded."""
    if competition is None or competition.id is None:
        return []
    slug = competition.slug
    of = of or current_round(competition)
    items: list[tuple[str, str, dict[str, object]]] = []
    who = actor()
    if can(who, Permission.OVERSEE_COMPETITION, competition):
        items += [(_("Overview"), "rounds.manage", {}), (_("Teams"), "submissions.teams", {})]
        if of is not None:
            n: dict[str, object] = {"position": of.position}
            items += [(_("Entries"), "submissions.entries", n)]
        items += [(_("Judges"), "panels.judges", {})]
        if of is not None:
            items += [
                (_("Assignment"), "panels.assignment", n),
                (_("Scoring"), "scorecards.progress", n),
                (_("Results"), "results.preview", n),
            ]
        if can(who, Permission.READ_AUDIT_LOG, competition):
            items += [(_("Log"), "record.log", {})]
    else:
        items += [(_("Competition"), "rounds.show", {})]
        if who.has(competition.id, Role.JUDGE):
            items += [(_("My entries"), "scorecards.desk", {})]
        if who.has(competition.id, Role.TEAM):
            items += [(_("My team"), "submissions.my_team", {})]
        items += [(_("Results"), "results.index", {})]
    current = _current({endpoint: bool(values) for _label, endpoint, values in items})
    return [
        NavItem(
            label,
            url_for(endpoint, slug=slug, **values),  # type: ignore[arg-type]
            endpoint == current,
        )
        for label, endpoint, values in items
        if endpoint in current_app.view_functions
    ]


def _current(offered: Mapping[str, bool]) -> str | None:
    """The item that the page of this request belongs to; `offered` tells which are of a round.

    The only item of a feature stands for all of its pages. Of several, pages within a round stand
    under the one of that round. What has no item of its own stands under the first.
    """
    here = STANDS_UNDER.get(request.endpoint or "", request.endpoint or "")
    if here in offered:
        return here
    of_feature = [item for item in offered if item.startswith(f"{request.blueprint}.")]
    within_round = not OF_A_ROUND.isdisjoint(request.view_args or {})
    fitting = [item for item in of_feature if offered[item] == within_round]
    found = of_feature if len(of_feature) == 1 else fitting
    return next(iter((*found, *offered)), None)
