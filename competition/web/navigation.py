"""What stands in the head of the page for whom."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from flask import Flask, current_app, request, url_for
from flask_babel import gettext as _

from competition.guards import actor
from competition.models import Competition, Round
from competition.policies import Permission, can
from competition.vocabulary import Role, RoundState
from competition.web.labels import label


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
    parts = Counter(endpoint.partition(".")[0] for _label, endpoint, _values in items)
    here = request.blueprint or ""
    return [
        NavItem(
            label,
            url_for(endpoint, slug=slug, **values),  # type: ignore[arg-type]
            # The only item of a feature stands for all of its pages.
            request.endpoint == endpoint or (endpoint.startswith(f"{here}.") and parts[here] == 1),
        )
        for label, endpoint, values in items
        if endpoint in current_app.view_functions
    ]
