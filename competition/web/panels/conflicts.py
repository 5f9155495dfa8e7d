"""The list of conflicts: declared ones, and those that follow by themselves."""

from __future__ import annotations

from collections.abc import Iterable

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from competition.errors import Invalid, NotFound
from competition.guards import actor, now, session, signed_in, writes
from competition.models import Competition, Conflict, Judge, Team
from competition.policies import Permission
from competition.queries.panels import (
    ConflictReason,
    DerivedConflict,
    conflicts_of,
    derived_conflicts,
    judges_of,
    teams_named,
)
from competition.services import panels as service
from competition.web.forms.panels import ConflictForm, ReasonForm
from competition.web.lookup import competition_at
from competition.web.messages import put_on_form
from competition.web.panels.blueprint import blueprint
from competition.web.security import small_number


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
    declared = conflicts_of(session(), competition_id=competition.id)
    derived = derived_conflicts(session(), competition_id=competition.id)
    wanted = search.casefold()
    return render_template(
        "panels/conflicts.html",
        competition=competition,
        form=form,
        search=search,
        declared=[
            item
            for item in declared
            if wanted in f"{item.judge.account.name}\n{item.team.name}".casefold()
        ],
        derived=grouped(
            item for item in derived if wanted in f"{item.judge_name}\n{item.team_name}".casefold()
        ),
    )


def grouped(conflicts: Iterable[DerivedConflict]) -> list[list[DerivedConflict]]:
    """Those of one judge with teams of one organization together."""
    found: dict[tuple[int, str, ConflictReason], list[DerivedConflict]] = {}
    for item in conflicts:
        key = (item.judge_id, str(item.organization), item.reason)
        found.setdefault(key, []).append(item)
    return list(found.values())


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
            now=now(),
        )
    except Invalid as error:
        put_on_form(form, error)
        return conflicts_page(competition, form), 422
    flash(_("The conflict is on the list; the judge gets no entry of this team."), "success")
    return redirect(url_for("panels.conflicts", slug=slug), 303)


def conflict_at(slug: str, conflict_id: int) -> tuple[Competition, Conflict]:
    competition = competition_at(slug, Permission.MANAGE_PANEL)
    conflict = session().get(Conflict, conflict_id)
    if conflict is None or conflict.judge.competition_id != competition.id:
        raise NotFound
    return competition, conflict


@blueprint.get("/c/<slug>/manage/conflicts/<int:conflict_id>/remove")
@signed_in
def removing_conflict(slug: str, conflict_id: int) -> ResponseReturnValue:
    competition, conflict = conflict_at(slug, conflict_id)
    return render_template(
        "panels/conflict_remove.html",
        competition=competition,
        conflict=conflict,
        form=ReasonForm(),
    )


@blueprint.post("/c/<slug>/manage/conflicts/<int:conflict_id>/remove")
@signed_in
@writes
def remove_conflict(slug: str, conflict_id: int) -> ResponseReturnValue:
    competition, conflict = conflict_at(slug, conflict_id)
    form = ReasonForm()
    if not form.validate():
        return (
            render_template(
                "panels/conflict_remove.html",
                competition=competition,
                conflict=conflict,
                form=form,
            ),
            422,
        )
    service.remove_conflict(
        session(), actor=actor(), conflict=conflict, reason=form.reason.data or "", now=now()
    )
    flash(_("The conflict is removed; the reason is in the log."), "success")
    return redirect(url_for("panels.conflicts", slug=slug), 303)
