"""The list of judges, and the page of each of them."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from competition.errors import Conflict, Invalid, NotFound
from competition.guards import actor, now, session, signed_in, writes
from competition.models import Competition, Judge
from competition.policies import Permission, can
from competition.queries.panels import (
    access_of,
    assigned_entries,
    assignments_of_judge,
    conflicts_of,
    judge_by_number,
    judges_of,
    panel_load,
    seats_of,
)
from competition.services import panels as service
from competition.services.panels.assignments import OPEN_STATES
from competition.services.panels.judges import CLOSED_STATES, FORMING_STATES
from competition.vocabulary import OrganizationKind
from competition.web.forms.panels import JudgeForm, NewJudgeForm, SureForm
from competition.web.lookup import competition_at, round_at
from competition.web.messages import put_on_form, sentence
from competition.web.panels.blueprint import blueprint
from competition.web.security import small_number

PAGE = 50


def judge_at(slug: str, number: int, permission: Permission) -> tuple[Competition, Judge]:
    competition = competition_at(slug, permission)
    judge = judge_by_number(session(), competition_id=competition.id, number=number)
    if judge is None:
        raise NotFound
    return competition, judge


@blueprint.get("/c/<slug>/manage/judges")
@signed_in
def judges(slug: str) -> ResponseReturnValue:
    competition = competition_at(slug, Permission.OVERSEE_COMPETITION)
    kind, track = request.args.get("kind", ""), request.args.get("track", type=small_number)
    search = request.args.get("q", "").strip()[:200]
    found = judges_of(
        session(),
        competition_id=competition.id,
        search=search,
        kind=OrganizationKind(kind) if kind in set(OrganizationKind) else None,
        track_id=track,
        with_contacts=can(actor(), Permission.READ_CONTACTS, competition),
    )
    pages = max(1, -(-len(found) // PAGE))
    page = min(max(request.args.get("page", 1, type=small_number), 1), pages)
    everyone = judges_of(session(), competition_id=competition.id)
    return render_template(
        "panels/judges.html",
        competition=competition,
        judges=found[(page - 1) * PAGE : page * PAGE],
        found=len(found),
        everyone=everyone,
        access=access_of(session(), account_ids=[j.account_id for j in everyone], now=now()),
        load=panel_load(session(), competition_id=competition.id),
        seats=seats_of(session(), competition_id=competition.id),
        rounds=[item for item in competition.rounds if item.state not in FORMING_STATES]
        or competition.rounds[-1:],
        now=now(),
        conflicts=sum(
            item.is_active for item in conflicts_of(session(), competition_id=competition.id)
        ),
        kinds=list(OrganizationKind),
        chosen={"q": search or None, "kind": kind or None, "track": track},
        page=page,
        pages=pages,
    )


@blueprint.get("/c/<slug>/manage/judges/new")
@signed_in
def new_judge(slug: str) -> ResponseReturnValue:
    competition = competition_at(slug, Permission.MANAGE_PANEL)
    form = new_judge_form(competition)
    form.rounds.data = [item.id for item in competition.rounds if item.state in FORMING_STATES]
    return render_template("panels/judge_new.html", competition=competition, form=form)


def new_judge_form(competition: Competition) -> NewJudgeForm:
    form = NewJudgeForm()
    form.offer(competition)
    form.offer_rounds([item for item in competition.rounds if item.state not in CLOSED_STATES])
    return form


@blueprint.post("/c/<slug>/manage/judges/new")
@signed_in
@writes
def add_judge(slug: str) -> ResponseReturnValue:
    competition = competition_at(slug, Permission.MANAGE_PANEL)
    form = new_judge_form(competition)
    if form.validate():
        chosen = set(form.rounds.data or ())
        try:
            judge = service.add_judge(
                session(),
                actor=actor(),
                competition=competition,
                details=form.details(competition),
                rounds=[item for item in competition.rounds if item.id in chosen],
                now=now(),
            )
        except Invalid as error:
            put_on_form(form, error)
        else:
            flash(_("%(name)s is on the list.", name=judge.account.name), "success")
            return redirect(url_for("panels.judge", slug=slug, number=judge.number), 303)
    return render_template("panels/judge_new.html", competition=competition, form=form), 422


@blueprint.get("/c/<slug>/manage/judges/<int:number>")
@signed_in
def judge(slug: str, number: int) -> ResponseReturnValue:
    competition, found = judge_at(slug, number, Permission.OVERSEE_COMPETITION)
    return judge_page(competition, found)


def judge_page(competition: Competition, judge: Judge, link: str = "") -> str:
    stored = conflicts_of(session(), competition_id=competition.id)
    return render_template(
        "panels/judge.html",
        competition=competition,
        judge=judge,
        link=link,
        access=access_of(session(), account_ids=[judge.account_id], now=now())[judge.account_id],
        seats={
            of for of, who in seats_of(session(), competition_id=competition.id) if who == judge.id
        },
        closed_states=CLOSED_STATES,
        assignments=assignments_of_judge(session(), judge_id=judge.id),
        entries=assigned_entries(session(), judge_id=judge.id),
        conflicts=[item for item in stored if item.judge_id == judge.id and item.is_active],
        working_states=OPEN_STATES,
    )


@blueprint.get("/c/<slug>/manage/judges/<int:number>/edit")
@signed_in
def edit_judge(slug: str, number: int) -> ResponseReturnValue:
    competition, judge = judge_at(slug, number, Permission.MANAGE_PANEL)
    form = JudgeForm()
    form.offer(competition)
    form.show(judge)
    return render_template(
        "panels/judge_edit.html", competition=competition, judge=judge, form=form
    )


@blueprint.post("/c/<slug>/manage/judges/<int:number>/edit")
@signed_in
@writes
def change_judge(slug: str, number: int) -> ResponseReturnValue:
    competition, judge = judge_at(slug, number, Permission.MANAGE_PANEL)
    form = JudgeForm()
    form.offer(competition)
    if form.validate():
        try:
            service.change_judge(
                session(), actor=actor(), judge=judge, details=form.details(competition), now=now()
            )
        except Invalid as error:
            put_on_form(form, error)
        else:
            flash(_("Saved."), "success")
            return redirect(url_for("panels.judge", slug=slug, number=number), 303)
    return (
        render_template("panels/judge_edit.html", competition=competition, judge=judge, form=form),
        422,
    )


@blueprint.get("/c/<slug>/manage/judges/<int:number>/remove")
@signed_in
def removing_judge(slug: str, number: int) -> ResponseReturnValue:
    competition, judge = judge_at(slug, number, Permission.MANAGE_PANEL)
    return removal_page(competition, judge, SureForm())


def removal_page(competition: Competition, judge: Judge, form: SureForm) -> str:
    return render_template(
        "panels/judge_remove.html",
        competition=competition,
        judge=judge,
        form=form,
        assignments=assignments_of_judge(session(), judge_id=judge.id),
    )


@blueprint.post("/c/<slug>/manage/judges/<int:number>/remove")
@signed_in
@writes
def remove_judge(slug: str, number: int) -> ResponseReturnValue:
    competition, judge = judge_at(slug, number, Permission.MANAGE_PANEL)
    form, name = SureForm(), judge.account.name
    if not form.validate():
        return removal_page(competition, judge, form), 422
    try:
        service.remove_judge(session(), actor=actor(), judge=judge, now=now())
    except Conflict as error:
        form.form_errors.append(sentence(error.code, error.facts))
        return removal_page(competition, judge, form), 422
    flash(_("%(name)s is off the list.", name=name), "success")
    return redirect(url_for("panels.judges", slug=slug), 303)


@blueprint.post("/c/<slug>/manage/judges/<int:number>/seats/<int:position>")
@signed_in
@writes
def seat(slug: str, number: int, position: int) -> ResponseReturnValue:
    _competition, of = round_at(slug, position, Permission.MANAGE_PANEL)
    _competition, judge = judge_at(slug, number, Permission.MANAGE_PANEL)
    change = {"seat": service.seat, "unseat": service.unseat}.get(request.form.get("do", ""))
    if change is None:
        abort(400)
    try:
        change(session(), actor=actor(), judge=judge, of=of, now=now())
    except Conflict as error:
        flash(sentence(error.code, error.facts), "error")
    return redirect(url_for("panels.judge", slug=slug, number=number), 303)
