"""A judge drops out in the middle of a round."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import ngettext

from competition.errors import Conflict, Invalid
from competition.guards import actor, now, session, signed_in, writes
from competition.models import Competition, Judge, Round
from competition.policies import Permission
from competition.queries.panels import assigned_entries, assignments_of_judge
from competition.services import panels as service
from competition.web.forms.panels import ReasonForm
from competition.web.lookup import round_at
from competition.web.messages import put_on_form, sentence
from competition.web.panels.blueprint import blueprint
from competition.web.panels.judges import judge_at

LEAVING = "/c/<slug>/manage/judges/<int:number>/drop-out/<int:position>"


def leaving_page(competition: Competition, of: Round, judge: Judge, form: ReasonForm) -> str:
    entries = assigned_entries(session(), judge_id=judge.id)
    rows = [
        row
        for row in assignments_of_judge(session(), judge_id=judge.id)
        if row.is_live and entries[row.entry_id].round_id == of.id
    ]
    return render_template(
        "panels/drop_out.html",
        competition=competition,
        of=of,
        judge=judge,
        form=form,
        open=sum(not row.has_begun for row in rows),
        drafts=sum(row.has_begun and row.scorecard != "submitted" for row in rows),
        done=sum(row.scorecard == "submitted" for row in rows),
    )


@blueprint.get(LEAVING)
@signed_in
def dropping_out(slug: str, number: int, position: int) -> ResponseReturnValue:
    competition, of = round_at(slug, position, Permission.MANAGE_PANEL)
    _competition, judge = judge_at(slug, number, Permission.MANAGE_PANEL)
    return leaving_page(competition, of, judge, ReasonForm())


@blueprint.post(LEAVING)
@signed_in
@writes
def drop_out(slug: str, number: int, position: int) -> ResponseReturnValue:
    competition, of = round_at(slug, position, Permission.MANAGE_PANEL)
    _competition, judge = judge_at(slug, number, Permission.MANAGE_PANEL)
    form = ReasonForm()
    if not form.validate():
        return leaving_page(competition, of, judge, form), 422
    try:
        count = service.drop_out(
            session(),
            actor=actor(),
            judge=judge,
            of=of,
            reason=form.reason.data or "",
            now=now(),
        )
    except Invalid as error:
        put_on_form(form, error)
        return leaving_page(competition, of, judge, form), 422
    except Conflict as error:
        form.form_errors.append(sentence(error.code, error.facts))
        return leaving_page(competition, of, judge, form), 422
    flash(
        ngettext(
            "%(name)s is off the panel. %(num)s entry lost a judge; work out the changes now.",
            "%(name)s is off the panel. %(num)s entries lost a judge; work out the changes now.",
            count,
            name=judge.account.name,
        ),
        "success",
    )
    return redirect(url_for("panels.assignment", slug=slug, position=position), 303)
