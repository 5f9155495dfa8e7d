"""Creating a competition, and its settings."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from competition.errors import Conflict, Invalid
from competition.guards import actor, now, session, signed_in, writes
from competition.models import Competition
from competition.policies import Permission, authorize
from competition.services import rounds as service
from competition.web.formats import use_zone
from competition.web.forms.rounds import CompetitionForm
from competition.web.lookup import competition_at
from competition.web.messages import put_on_form, sentence
from competition.web.rounds.blueprint import blueprint


@blueprint.get("/competitions/new")
@signed_in
def new_competition() -> ResponseReturnValue:
    authorize(actor(), Permission.CREATE_COMPETITION)
    return _page(CompetitionForm(formdata=None))


@blueprint.post("/competitions/new")
@signed_in
@writes
def create_competition() -> ResponseReturnValue:
    authorize(actor(), Permission.CREATE_COMPETITION)
    form = CompetitionForm()
    if not form.validate():
        return _page(form), 422
    try:
        made = service.create_competition(
            session(), actor=actor(), settings=form.settings(), now=now()
        )
    except Invalid as refusal:
        put_on_form(form, refusal)
        return _page(form), 422
    flash(_("The competition exists as a draft. Add tracks and rounds next."), "success")
    return redirect(url_for("rounds.manage", slug=made.slug), 303)


@blueprint.get("/c/<slug>/manage/settings")
@signed_in
def settings(slug: str) -> ResponseReturnValue:
    competition = competition_at(slug, Permission.MANAGE_COMPETITION)
    return _page(CompetitionForm.of(competition), competition)


@blueprint.post("/c/<slug>/manage/settings")
@signed_in
@writes
def save_settings(slug: str) -> ResponseReturnValue:
    competition = competition_at(slug, Permission.MANAGE_COMPETITION)
    form = CompetitionForm()
    if not form.validate():
        return _page(form, competition), 422
    try:
        service.update_competition(
            session(),
            actor=actor(),
            competition=competition,
            settings=form.settings(),
            revision=revision_of(form),
            now=now(),
        )
    except Invalid as refusal:
        put_on_form(form, refusal)
        return _page(form, competition), 422
    except Conflict as refusal:
        form.form_errors.append(sentence(refusal.code))
        return _page(form, competition), 409
    flash(_("The settings are saved."), "success")
    return redirect(url_for("rounds.manage", slug=competition.slug), 303)


def revision_of(form: Any) -> int:
    """The revision that the form was filled in from; 0 for what is no number."""
    text = form.revision.data or ""
    return int(text) if text.isdecimal() and len(text) < 10 else 0


def _page(form: CompetitionForm, competition: Competition | None = None) -> str:
    if competition is not None:
        use_zone(competition.zone)
    return render_template("rounds/settings.html", form=form, competition=competition)
