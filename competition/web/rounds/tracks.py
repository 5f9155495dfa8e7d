"""The page with all tracks of a competition."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from competition.errors import Conflict, Invalid
from competition.guards import actor, now, session, signed_in, writes
from competition.models import Competition
from competition.policies import Permission
from competition.services import rounds as service
from competition.web.forms.rounds import TRACKS_MAX, TracksForm
from competition.web.forms.rows import act_on_rows
from competition.web.lookup import competition_at
from competition.web.messages import put_on_form, sentence
from competition.web.rounds.blueprint import blueprint
from competition.web.rounds.competitions import revision_of


@blueprint.get("/c/<slug>/manage/tracks")
@signed_in
def tracks(slug: str) -> ResponseReturnValue:
    competition = competition_at(slug, Permission.MANAGE_COMPETITION)
    return _page(TracksForm.of(competition), competition)


@blueprint.post("/c/<slug>/manage/tracks")
@signed_in
@writes
def save_tracks(slug: str) -> ResponseReturnValue:
    competition = competition_at(slug, Permission.MANAGE_COMPETITION)
    action = request.form.get("action", "save")
    if action != "save":
        sent = act_on_rows(request.form, action, limit=TRACKS_MAX)
        return _page(TracksForm(formdata=sent), competition)
    form = TracksForm()
    if not form.validate():
        return _page(form, competition), 422
    try:
        service.set_tracks(
            session(),
            actor=actor(),
            competition=competition,
            rows=form.rows(),
            revision=revision_of(form),
            now=now(),
        )
    except Invalid as refusal:
        put_on_form(form, refusal)
        return _page(form, competition), 422
    except Conflict as refusal:
        form.form_errors.append(sentence(refusal.code))
        return _page(form, competition), 409
    flash(_("The tracks are saved."), "success")
    return redirect(url_for("rounds.manage", slug=slug), 303)


def _page(form: TracksForm, competition: Competition) -> str:
    return render_template("rounds/tracks.html", form=form, competition=competition)
