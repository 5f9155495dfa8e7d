"""The score form: fill in, save, check, submit, step back."""

from __future__ import annotations

from flask import flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from competition.errors import Conflict, DomainError, Forbidden, Invalid, NotFound, WrongState
from competition.guards import actor, now, session, signed_in, writes
from competition.models import Assignment
from competition.policies import Permission, can
from competition.queries.scorecards import next_to_score
from competition.services import scorecards as service
from competition.services.panels import recuse as recuse_service
from competition.vocabulary import AssignmentState, ScorecardState
from competition.web.formats import use_zone
from competition.web.forms.scorecards import ReasonForm, ScoreForm
from competition.web.messages import put_on_form, sentence
from competition.web.scorecards.bench import Bench, bench, with_clash
from competition.web.scorecards.blueprint import blueprint
from competition.web.security import small_number


@blueprint.get("/assignments/<int:assignment_id>")
@signed_in
def score(assignment_id: int) -> ResponseReturnValue:
    try:
        facts = service.own_assignment(session(), actor=actor(), assignment_id=assignment_id)
    except Forbidden:
        if not actor().judge_ids:
            raise
        return redirect(url_for(".step_back", assignment_id=assignment_id))
    found = bench(facts)
    if facts.state is ScorecardState.SUBMITTED or found.closed:
        return render_template("scorecards/locked.html", **found.context())
    return _form_page(found)


def _form_page(found: Bench) -> str:
    following = None if found.is_clash else next_to_score(session(), found.facts)
    return render_template("scorecards/score.html", **found.context(), following=following)


@blueprint.post("/assignments/<int:assignment_id>")
@signed_in
@writes
def save(assignment_id: int) -> ResponseReturnValue:
    form = ScoreForm.sent(request.form)
    try:
        service.save_draft(
            session(),
            actor=actor(),
            assignment_id=assignment_id,
            filled=form.filled(),
            revision=form.revision,
            now=now(),
        )
    except (Invalid, Conflict, WrongState) as error:
        return _shown_again(assignment_id, form, error)
    if request.form.get("action") == "submit":
        return redirect(url_for(".check", assignment_id=assignment_id), 303)
    if request.form.get("action") == "next":
        facts = service.own_assignment(session(), actor=actor(), assignment_id=assignment_id)
        flash(_("The draft of entry %(entry)s is saved.", entry=facts.entry_number), "good")
        assignment_id = next_to_score(session(), facts) or assignment_id
    return redirect(url_for(".score", assignment_id=assignment_id), 303)


def _shown_again(
    assignment_id: int, form: ScoreForm, error: Invalid | Conflict | WrongState
) -> ResponseReturnValue:
    """The form with everything as it was typed, and what stands in the way."""
    session().rollback()
    facts = service.own_assignment(session(), actor=actor(), assignment_id=assignment_id)
    found = bench(facts, form)
    if isinstance(error, Invalid):
        form.problems = list(error.problems)
        return _form_page(found), 422
    if isinstance(error, Conflict):
        found = with_clash(found)
    else:
        found.closed = sentence(error.code, error.facts)
    return _form_page(found), 409


@blueprint.post("/assignments/<int:assignment_id>/autosave")
@signed_in
@writes
def autosave(assignment_id: int) -> ResponseReturnValue:
    """Save what can be saved while the judge types; the answer names what could not."""
    form = ScoreForm.sent(request.form)
    try:
        saved = service.save_draft(
            session(),
            actor=actor(),
            assignment_id=assignment_id,
            filled=form.filled(),
            revision=form.revision,
            now=now(),
            partly=True,
        )
    except DomainError as error:
        return _refused(error)
    form.problems = list(saved.problems)
    at = saved.saved_at or now()
    return jsonify(
        saved=at.isoformat(timespec="seconds"), revision=saved.revision, errors=form.errors
    )


def _refused(error: DomainError) -> ResponseReturnValue:
    if isinstance(error, NotFound | Forbidden):
        raise error
    if isinstance(error, Conflict):
        text = _("Changed in another window. Save here to see both versions.")
    else:
        text = sentence(error.code, error.facts)
    return jsonify(error=text), 409


@blueprint.get("/assignments/<int:assignment_id>/check")
@signed_in
def check(assignment_id: int) -> ResponseReturnValue:
    facts = service.own_assignment(session(), actor=actor(), assignment_id=assignment_id)
    found = bench(facts)
    if facts.state is ScorecardState.SUBMITTED or found.closed:
        return redirect(url_for(".score", assignment_id=assignment_id))
    return render_template("scorecards/check.html", **found.context(), changed=False)


@blueprint.post("/assignments/<int:assignment_id>/submit")
@signed_in
@writes
def submit(assignment_id: int) -> ResponseReturnValue:
    revision = request.form.get("revision", -1, type=small_number)
    try:
        service.submit_scorecard(
            session(), actor=actor(), assignment_id=assignment_id, revision=revision, now=now()
        )
    except (Invalid, Conflict) as error:
        session().rollback()
        facts = service.own_assignment(session(), actor=actor(), assignment_id=assignment_id)
        context = bench(facts).context()
        changed = isinstance(error, Conflict)
        return render_template("scorecards/check.html", **context, changed=changed), STATUS[changed]
    found = bench(service.own_assignment(session(), actor=actor(), assignment_id=assignment_id))
    flash(_("The scorecard of entry %(entry)s is in.", entry=found.facts.entry_number), "good")
    return redirect(_desk(found), 303)


STATUS = {True: 409, False: 422}


def _desk(found: Bench) -> str:
    return url_for(".desk", slug=found.of.competition.slug, round=found.of.position)


@blueprint.get("/assignments/<int:assignment_id>/recuse")
@signed_in
def step_back(assignment_id: int) -> ResponseReturnValue:
    return _recusal_page(_own(assignment_id), ReasonForm())


@blueprint.post("/assignments/<int:assignment_id>/recuse")
@signed_in
@writes
def recuse(assignment_id: int) -> ResponseReturnValue:
    assignment, form = _own(assignment_id), ReasonForm()
    if not form.validate():
        return _recusal_page(assignment, form), 422
    try:
        recuse_service(
            session(),
            actor=actor(),
            assignment=assignment,
            reason=form.reason.data or "",
            now=now(),
        )
    except Invalid as error:
        put_on_form(form, error)
        return _recusal_page(assignment, form), 422
    number, of = assignment.entry.number, assignment.round
    flash(_("You stepped back from entry %(entry)s. The organizer sees why.", entry=number), "good")
    return redirect(url_for(".desk", slug=of.competition.slug, round=of.position), 303)


def _own(assignment_id: int) -> Assignment:
    """The assignment of which the actor is the judge; stepping back does not change that."""
    found = session().get(Assignment, assignment_id)
    if (
        found is None
        or found.judge_id not in actor().judge_ids
        or not can(actor(), Permission.VIEW_ASSIGNMENT, found)
    ):
        raise NotFound
    use_zone(found.round.competition.zone)
    return found


def _recusal_page(assignment: Assignment, form: ReasonForm) -> str:
    return render_template(
        "scorecards/recuse.html",
        competition=assignment.round.competition,
        of=assignment.round,
        assignment=assignment,
        form=form,
        is_recused=assignment.state is AssignmentState.RECUSED,
        is_in=assignment.state is AssignmentState.DONE,
    )
