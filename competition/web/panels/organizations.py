"""Schools and companies with all the names they go by."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from competition.errors import Invalid, NotFound
from competition.guards import actor, now, session, signed_in, writes
from competition.models import Competition, Organization, OrganizationAlias
from competition.policies import Permission
from competition.queries.panels import known_organizations
from competition.services import panels as service
from competition.web.forms.panels import AliasForm
from competition.web.lookup import competition_at
from competition.web.messages import put_on_form
from competition.web.panels.blueprint import blueprint


@blueprint.get("/c/<slug>/manage/organizations")
@signed_in
def organizations(slug: str) -> ResponseReturnValue:
    return organizations_page(competition_at(slug, Permission.OVERSEE_COMPETITION), AliasForm())


def organizations_page(competition: Competition, form: AliasForm) -> str:
    known = known_organizations(session(), competition_id=competition.id)
    form.offer([item.organization for item in known])
    return render_template(
        "panels/organizations.html", competition=competition, known=known, form=form
    )


@blueprint.post("/c/<slug>/manage/organizations")
@signed_in
@writes
def add_alias(slug: str) -> ResponseReturnValue:
    competition, form = competition_at(slug, Permission.DECIDE_CONFLICT), AliasForm()
    known = known_organizations(session(), competition_id=competition.id)
    form.offer([item.organization for item in known])
    if not form.validate():
        return organizations_page(competition, form), 422
    try:
        count = service.add_alias(
            session(),
            actor=actor(),
            organization=session().get_one(Organization, form.organization.data),
            name=form.name.data or "",
            now=now(),
        )
    except Invalid as error:
        put_on_form(form, error)
        return organizations_page(competition, form), 422
    flash(
        ngettext(
            "The name is known now; it shows %(num)s conflict.",
            "The name is known now; it shows %(num)s conflicts.",
            count,
        ),
        "success",
    )
    return redirect(url_for("panels.organizations", slug=slug), 303)


@blueprint.post("/c/<slug>/manage/organizations/aliases/<int:alias_id>/remove")
@signed_in
@writes
def remove_alias(slug: str, alias_id: int) -> ResponseReturnValue:
    competition = competition_at(slug, Permission.DECIDE_CONFLICT)
    alias = session().get(OrganizationAlias, alias_id)
    if alias is None or alias.competition_id != competition.id:
        raise NotFound
    service.remove_alias(session(), actor=actor(), alias=alias, now=now())
    flash(_("The name is forgotten."), "success")
    return redirect(url_for("panels.organizations", slug=slug), 303)
