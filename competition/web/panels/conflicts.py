"""The list of conflicts: those to decide, those in force, and those dismissed."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from competition.errors import Invalid, NotFound
from competition.guards import actor, now, session, signed_in, writes
from competition.models import Competition, Conflict, Judge, Team
from competition.policies import Permission
from competition.queries.panels import conflicts_of, judges_of, teams_named
from competition.services import panels as service
from competition.vocabulary import ConflictSource, ConflictStatus
from competition.web.forms.panels import ConflictForm, ReasonForm
from competition.web.lookup import competition_at
from competition.web.messages import put_on_form
from competition.web.panels.blueprint import blueprint
from competition.web.security import small_number

MOST = 200
"""Conflicts of one list shown at once; the search finds the others."""


@blueprint.get("/c/<slug>/manage/conflicts")
@signed_in
def conflicts(slug: str) -> ResponseReturnValue:
    competition = competition_at(slug, Permission.OVERSEE_COMPETITION)
    form = conflict_form(competition)
    form.judge.data = request.args.get("judge", type=small_number)
    return conflicts_page(competition, form)


def conflict_form(competition: Competition) -> ConflictForm:
    form = ConflictForm()
    form.offer(
        judges_of(session(), competition_id=competition.id),
        teams_named(session(), competition_id=competition.id),
    )
    return form


def conflicts_page(competition: Competition, form: ConflictForm) -> str:
    search = request.args.get("q", "").strip()[:200]
    found: dict[ConflictStatus, list[Conflict]] = {status: [] for status in ConflictStatus}
    for item in searched(competition, search):
        found[item.status].append(item)
    return render_template(
        "panels/conflicts.html",
        competition=competition,
        form=form,
        search=search,
        open=found[ConflictStatus.FOUND],
        confirmed=found[ConflictStatus.CONFIRMED],
        dismissed=found[ConflictStatus.DISMISSED],
        most=MOST,
    )


def searched(competition: Competition, search: str) -> list[Conflict]:
    """The conflicts whose judge or team has the text in its name."""
    wanted = search.casefold()
    return [
        item
        for item in conflicts_of(session(), competition_id=competition.id)
        if wanted in f"{item.judge.account.name}\n{item.team.name}".casefold()
    ]


@blueprint.post("/c/<slug>/manage/conflicts/confirm")
@signed_in
@writes
def confirm_found(slug: str) -> ResponseReturnValue:
    """Confirm everything to decide that the search showed."""
    competition = competition_at(slug, Permission.DECIDE_CONFLICT)
    search = request.form.get("q", "").strip()[:200]
    count = service.confirm_found(
        session(), actor=actor(), conflicts=searched(competition, search), now=now()
    )
    flash(
        ngettext("%(num)s conflict is confirmed.", "%(num)s conflicts are confirmed.", count),
        "success",
    )
    return redirect(url_for("panels.conflicts", slug=slug), 303)


@blueprint.post("/c/<slug>/manage/conflicts")
@signed_in
@writes
def add_conflict(slug: str) -> ResponseReturnValue:
    competition = competition_at(slug, Permission.MANAGE_PANEL)
    form = conflict_form(competition)
    if not form.validate():
        return conflicts_page(competition, form), 422
    try:
        service.add_conflict(
            session(),
            actor=actor(),
            judge=session().get_one(Judge, form.judge.data),
            team=session().get_one(Team, form.team.data),
            reason=form.reason.data or "",
            source=ConflictSource(form.source.data),
            now=now(),
        )
    except Invalid as error:
        put_on_form(form, error)
        return conflicts_page(competition, form), 422
    flash(_("The conflict is on the list; the judge gets no entry of this team."), "success")
    return redirect(url_for("panels.conflicts", slug=slug), 303)


@blueprint.post("/c/<slug>/manage/conflicts/search")
@signed_in
@writes
def search_conflicts(slug: str) -> ResponseReturnValue:
    competition = competition_at(slug, Permission.DECIDE_CONFLICT)
    count = service.search_conflicts(session(), actor=actor(), competition=competition, now=now())
    if count:
        flash(ngettext("%(num)s conflict was found.", "%(num)s conflicts were found.", count))
    else:
        flash(_("No further conflict was found."), "success")
    return redirect(url_for("panels.conflicts", slug=slug), 303)


def conflict_at(slug: str, conflict_id: int) -> tuple[Competition, Conflict]:
    competition = competition_at(slug, Permission.DECIDE_CONFLICT)
    conflict = session().get(Conflict, conflict_id)
    if conflict is None or conflict.judge.competition_id != competition.id:
        raise NotFound
    return competition, conflict


@blueprint.post("/c/<slug>/manage/conflicts/<int:conflict_id>/confirm")
@signed_in
@writes
def confirm_conflict(slug: str, conflict_id: int) -> ResponseReturnValue:
    _competition, conflict = conflict_at(slug, conflict_id)
    service.confirm_conflict(session(), actor=actor(), conflict=conflict, now=now())
    flash(_("The conflict is confirmed."), "success")
    return redirect(url_for("panels.conflicts", slug=slug), 303)


@blueprint.get("/c/<slug>/manage/conflicts/<int:conflict_id>/dismiss")
@signed_in
def dismissing_conflict(slug: str, conflict_id: int) -> ResponseReturnValue:
    competition, conflict = conflict_at(slug, conflict_id)
    return dismissal_page(competition, conflict, ReasonForm())


def dismissal_page(competition: Competition, conflict: Conflict, form: ReasonForm) -> str:
    return render_template(
        "panels/conflict_dismiss.html", competition=competition, conflict=conflict, form=form
    )


@blueprint.post("/c/<slug>/manage/conflicts/<int:conflict_id>/dismiss")
@signed_in
@writes
def dismiss_conflict(slug: str, conflict_id: int) -> ResponseReturnValue:
    competition, conflict = conflict_at(slug, conflict_id)
    form = ReasonForm()
    if not form.validate():
        return dismissal_page(competition, conflict, form), 422
    try:
        service.dismiss_conflict(
            session(), actor=actor(), conflict=conflict, reason=form.reason.data or "", now=now()
        )
    except Invalid as error:
        put_on_form(form, error)
        return dismissal_page(competition, conflict, form), 422
    flash(_("The conflict is dismissed; it stays on record with your reason."), "success")
    return redirect(url_for("panels.conflicts", slug=slug), 303)
