"""A team names people who must not judge it."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from competition.errors import Invalid, NotFound
from competition.guards import actor, now, session, signed_in, writes
from competition.models import Competition, Team
from competition.policies import Permission, authorize
from competition.queries.panels import declarations_of
from competition.services import panels as service
from competition.web.forms.panels import DeclarationForm
from competition.web.lookup import competition_at
from competition.web.messages import put_on_form
from competition.web.panels.blueprint import blueprint


def team_at(slug: str, team_id: int) -> tuple[Competition, Team]:
    competition = competition_at(slug)
    team = session().get(Team, team_id)
    if team is None or team.competition_id != competition.id:
        raise NotFound
    authorize(actor(), Permission.DECLARE_CONFLICT, team)
    return competition, team


@blueprint.get("/c/<slug>/teams/<int:team_id>/conflicts")
@signed_in
def declarations(slug: str, team_id: int) -> ResponseReturnValue:
    return declarations_page(*team_at(slug, team_id), DeclarationForm())


def declarations_page(competition: Competition, team: Team, form: DeclarationForm) -> str:
    return render_template(
        "panels/declarations.html",
        competition=competition,
        team=team,
        form=form,
        declared=declarations_of(session(), team_id=team.id),
    )


@blueprint.post("/c/<slug>/teams/<int:team_id>/conflicts")
@signed_in
@writes
def declare(slug: str, team_id: int) -> ResponseReturnValue:
    competition, team = team_at(slug, team_id)
    form = DeclarationForm()
    if not form.validate():
        return declarations_page(competition, team, form), 422
    try:
        service.declare_for_team(
            session(),
            actor=actor(),
            team=team,
            name=form.name.data or "",
            reason=form.reason.data or "",
            now=now(),
        )
    except Invalid as error:
        put_on_form(form, error)
        return declarations_page(competition, team, form), 422
    flash(_("Noted. The organizers see the name and your reason."), "success")
    return redirect(url_for("panels.declarations", slug=slug, team_id=team_id), 303)
