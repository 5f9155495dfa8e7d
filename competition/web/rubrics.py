"""Pages of rubrics."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from competition.errors import Conflict, Invalid, NotFound
from competition.guards import actor, now, public, session, signed_in, writes
from competition.models import Competition, Round, Rubric
from competition.policies import Permission, can
from competition.queries.rubrics import copyable_rounds, rubric_of
from competition.services import rubrics as service
from competition.services.rubrics.rows import CRITERIA_MAX, LEVELS_MAX
from competition.vocabulary import RoundState
from competition.web.formats import use_zone
from competition.web.forms.rows import Sent, act_on_rows
from competition.web.forms.rubrics import RubricForm, with_usual_levels
from competition.web.lookup import round_at
from competition.web.messages import put_on_form, sentence
from competition.web.rounds.competitions import revision_of

blueprint = Blueprint("rubrics", __name__)


@blueprint.get("/c/<slug>/rounds/<int:position>/rubric")
@public
def show(slug: str, position: int) -> ResponseReturnValue:
    competition, of = round_at(slug, position)
    if of.state is RoundState.SETUP and not can(
        actor(), Permission.OVERSEE_COMPETITION, competition
    ):
        raise NotFound  # it is still being written
    return _read_page(competition, of, rubric_of(session(), of.id))


@blueprint.get("/c/<slug>/rounds/<int:position>/rubric/edit")
@signed_in
def edit(slug: str, position: int) -> ResponseReturnValue:
    competition, of = round_at(slug, position, Permission.MANAGE_COMPETITION)
    rubric = rubric_of(session(), of.id)
    if rubric is not None and rubric.frozen_at is not None:
        return _read_page(competition, of, rubric)
    return _edit_page(competition, of, RubricForm.of(rubric))


@blueprint.post("/c/<slug>/rounds/<int:position>/rubric/edit")
@signed_in
@writes
def save(slug: str, position: int) -> ResponseReturnValue:
    competition, of = round_at(slug, position, Permission.MANAGE_COMPETITION)
    action = request.form.get("action", "save")
    if action != "save":
        form = RubricForm(formdata=_acted_on(request.form, action))
        return _edit_page(competition, of, form, opened=_opened(action))
    form = RubricForm()
    if not form.validate():
        return _edit_page(competition, of, form), 422
    try:
        service.write_rubric(
            session(),
            actor=actor(),
            round_=of,
            weighting=form.chosen_weighting,
            rows=form.rows(),
            revision=revision_of(form),
            now=now(),
        )
    except Invalid as refusal:
        put_on_form(form, refusal)
        return _edit_page(competition, of, form), 422
    except Conflict as refusal:
        form.form_errors.append(sentence(refusal.code))
        return _edit_page(competition, of, form), 409
    flash(_("The rubric is saved."), "success")
    return redirect(url_for("rubrics.show", slug=slug, position=position), 303)


@blueprint.post("/c/<slug>/rounds/<int:position>/rubric/copy")
@signed_in
@writes
def copy(slug: str, position: int) -> ResponseReturnValue:
    _competition, of = round_at(slug, position, Permission.MANAGE_COMPETITION)
    offered = copyable_rounds(session(), actor=actor(), but=of)
    wanted = request.form.get("source", "")
    source = next((item for item in offered if str(item.id) == wanted), None)
    if source is None:
        raise NotFound
    service.copy_rubric(
        session(),
        actor=actor(),
        round_=of,
        source=source,
        revision=revision_of(RubricForm()),
        now=now(),
    )
    flash(_("The rubric is taken over. Change what differs in this round."), "success")
    return redirect(url_for("rubrics.edit", slug=slug, position=position), 303)


def _acted_on(sent: Sent, action: str) -> Sent:
    """What was sent after one of the buttons beside criteria and levels."""
    verb, _colon, target = action.partition(":")
    if verb == "divide":
        return with_usual_levels(sent, target)
    limit = LEVELS_MAX if target.endswith("-levels") else CRITERIA_MAX
    return act_on_rows(sent, action, limit=limit)


def _opened(action: str) -> str:
    """The criterion whose levels stay in sight after a button in them was pressed."""
    parts = action.partition(":")[2].split("-")
    return "-".join(parts[:2]) if "levels" in parts or action.startswith("divide") else ""


def _read_page(competition: Competition, of: Round, rubric: Rubric | None) -> str:
    use_zone(competition.zone)
    return render_template("rubrics/show.html", competition=competition, of=of, rubric=rubric)


def _edit_page(competition: Competition, of: Round, form: RubricForm, opened: str = "") -> str:
    return render_template(
        "rubrics/edit.html",
        competition=competition,
        of=of,
        form=form,
        opened=opened,
        sources=copyable_rounds(session(), actor=actor(), but=of),
        criteria_max=CRITERIA_MAX,
        levels_max=LEVELS_MAX,
    )
