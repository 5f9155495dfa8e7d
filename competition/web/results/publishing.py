"""Where organizers make a ranking public, and take it back."""

from __future__ import annotations

from flask import flash, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from competition.errors import Conflict, Invalid, WrongState
from competition.guards import actor, now, session, signed_in, writes
from competition.models import Competition, Publication, Round, ScoreRun
from competition.policies import Permission
from competition.queries.results import board_of_run, live_publication
from competition.services import results as service
from competition.vocabulary import Method
from competition.web.forms.results import PublishForm, WithdrawForm
from competition.web.labels import label
from competition.web.lookup import round_at
from competition.web.messages import put_on_form, sentence
from competition.web.results.blueprint import blueprint
from competition.web.results.organizing import run_at, to_preview
from competition.web.results.outlook import findings_of, outlook_of


def _publish_page(competition: Competition, of: Round, run: ScoreRun, form: PublishForm) -> str:
    declared = outlook_of(of).rules
    return render_template(
        "results/publish.html",
        competition=competition,
        of=of,
        run=run,
        form=form,
        board=board_of_run(session(), run),
        live=live_publication(session(), round_id=of.id),
        is_declared=declared is not None and declared.method == run.method,
        method_name=label(Method(run.method)),
        warnings=findings_of(run),
    )


@blueprint.get("/c/<slug>/rounds/<int:position>/results/<int:number>/publish")
@signed_in
def confirm_publish(slug: str, position: int, number: int) -> ResponseReturnValue:
    competition, of = round_at(slug, position, Permission.PUBLISH_RESULTS)
    run = run_at(of, number)
    live = live_publication(session(), round_id=of.id)
    if live is not None and live.run_id == run.id:
        flash(sentence("published_already", {"number": run.number}), "warning")
        return to_preview(slug, position)
    form = PublishForm(data={"instead_of": str(live.id) if live else ""})
    return _publish_page(competition, of, run, form)


@blueprint.post("/c/<slug>/rounds/<int:position>/results/<int:number>/publish")
@signed_in
@writes
def publish(slug: str, position: int, number: int) -> ResponseReturnValue:
    competition, of = round_at(slug, position, Permission.PUBLISH_RESULTS)
    run = run_at(of, number)
    form = PublishForm()
    seen = form.instead_of.data or ""
    if not form.validate() or not (seen == "" or seen.isdecimal()):
        return _publish_page(competition, of, run, form), 422
    try:
        service.publish(
            session(), actor=actor(), run=run, instead_of=int(seen) if seen else None, now=now()
        )
    except (Conflict, WrongState) as error:
        flash(sentence(error.code, error.facts), "warning")
        return to_preview(slug, position)
    flash(_("The results are public."), "success")
    return to_preview(slug, position)


@blueprint.get("/c/<slug>/rounds/<int:position>/results/withdraw")
@signed_in
def confirm_withdraw(slug: str, position: int) -> ResponseReturnValue:
    competition, of = round_at(slug, position, Permission.PUBLISH_RESULTS)
    live = live_publication(session(), round_id=of.id)
    if live is None:
        raise Conflict("withdrawn_already")
    return _withdraw_page(competition, of, live, WithdrawForm())


def _withdraw_page(
    competition: Competition, of: Round, live: Publication, form: WithdrawForm
) -> str:
    return render_template(
        "results/withdraw.html", competition=competition, of=of, live=live, form=form
    )


@blueprint.post("/c/<slug>/rounds/<int:position>/results/withdraw")
@signed_in
@writes
def withdraw(slug: str, position: int) -> ResponseReturnValue:
    competition, of = round_at(slug, position, Permission.PUBLISH_RESULTS)
    live = live_publication(session(), round_id=of.id)
    form = WithdrawForm()
    if live is None:
        flash(sentence("withdrawn_already"), "warning")
        return to_preview(slug, position)
    if not form.validate():
        return _withdraw_page(competition, of, live, form), 422
    try:
        service.withdraw(
            session(), actor=actor(), publication=live, reason=form.reason.data or "", now=now()
        )
    except Invalid as error:
        put_on_form(form, error)
        return _withdraw_page(competition, of, live, form), 422
    except Conflict as error:
        flash(sentence(error.code, error.facts), "warning")
        return to_preview(slug, position)
    flash(_("The results are withdrawn; the public no longer sees them."), "success")
    return to_preview(slug, position)
