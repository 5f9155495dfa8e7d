"""Pages of competitions, tracks and rounds."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from competition.guards import actor, public, session, signed_in
from competition.policies import Permission
from competition.queries.rounds import competitions_for
from competition.web.lookup import competition_at

blueprint = Blueprint("rounds", __name__)


@blueprint.get("/")
@public
def home() -> ResponseReturnValue:
    return render_template("rounds/home.html", competitions=competitions_for(session(), actor()))


@blueprint.get("/c/<slug>")
@public
def show(slug: str) -> ResponseReturnValue:
    return render_template("rounds/show.html", competition=competition_at(slug))


@blueprint.get("/c/<slug>/manage")
@signed_in
def manage(slug: str) -> ResponseReturnValue:
    competition = competition_at(slug, Permission.OVERSEE_COMPETITION)
    return render_template("rounds/manage.html", competition=competition)
