"""Adding a round, its settings, and taking it away."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from competition.errors import Conflict, Invalid
from competition.guards import actor, now, session, signed_in, writes
from competition.models import Competition, Round
from competition.policies import Permission
from competition.queries.rounds import round_figures
from competition.services import rounds as service
from competition.vocabulary import RoundState
from competition.web.formats import local, use_zone
from competition.web.forms.rounds import RoundForm
from competition.web.lookup import competition_at, round_at
from competition.web.messages import put_on_form, sentence
from competition.web.rounds.blueprint import blueprint
from competition.web.rounds.competitions import revision_of


@blueprint.get("/c/<slug>/manage/rounds/new")
@signed_in
def new_round(slug: str) -> ResponseReturnValue:
    competition = competition_at(slug, Permission.MANAGE_COMPETITION)
    return _page(RoundForm.of(None, competition.zone), competition)


@blueprint.post("/c/<slug>/manage/rounds/new")
@signed_in
@writes
def add_round(slug: str) -> ResponseReturnValue:
    competition = competition_at(slug, Permission.MANAGE_COMPETITION)
    form = RoundForm(zone=competition.zone)
    if not form.validate():
        return _page(form, competition), 422
    try:
        added = service.add_round(
            session(), actor=actor(), competition=competition, settings=form.settings(), now=now()
        )
    except Invalid as refusal:
        put_on_form(form, refusal)
        return _page(form, competition), 422
    flash(_("The round is added. Write its rubric next."), "success")
    return redirect(url_for("rubrics.edit", slug=slug, position=added.position), 303)


@blueprint.get("/c/<slug>/rounds/<int:position>/settings")
@signed_in
def round_settings(slug: str, position: int) -> ResponseReturnValue:
    competition, found = round_at(slug, position, Permission.MANAGE_COMPETITION)
    return _page(RoundForm.of(found, competition.zone), competition, found)


@blueprint.post("/c/<slug>/rounds/<int:position>/settings")
@signed_in
@writes
def save_round(slug: str, position: int) -> ResponseReturnValue:
    competition, found = round_at(slug, position, Permission.MANAGE_COMPETITION)
    form = RoundForm(zone=competition.zone)
    if not form.validate():
        return _page(form, competition, found), 422
    try:
        service.update_round(
            session(),
            actor=actor(),
            round_=found,
            settings=form.settings(found),
            revision=revision_of(form),
            now=now(),
        )
    except Invalid as refusal:
        put_on_form(form, refusal)
        return _page(form, competition, found), 422
    except Conflict as refusal:
        form.form_errors.append(sentence(refusal.code))
        return _page(form, competition, found), 409
    flash(_("The settings are saved."), "success")
    return redirect(url_for("rounds.manage", slug=slug), 303)


@blueprint.post("/c/<slug>/rounds/<int:position>/remove")
@signed_in
@writes
def remove_round(slug: str, position: int) -> ResponseReturnValue:
    _competition, found = round_at(slug, position, Permission.MANAGE_COMPETITION)
    name = local(found.name)
    service.remove_round(session(), actor=actor(), round_=found, now=now())
    flash(_("%(name)s is removed.", name=name), "success")
    return redirect(url_for("rounds.manage", slug=slug), 303)


def _page(form: RoundForm, competition: Competition, of: Round | None = None) -> str:
    use_zone(competition.zone)
    figures = round_figures(session(), [of.id])[of.id] if of is not None else None
    return render_template(
        "rounds/round.html",
        form=form,
        competition=competition,
        of=of,
        figures=figures,
        is_removable=of is not None
        and figures is not None
        and of.state is RoundState.SETUP
        and of is competition.rounds[-1]
        and not figures.has_traces,
    )
