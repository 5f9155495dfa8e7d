"""Registering a team, its own page, and who belongs to it."""

from __future__ import annotations

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from competition.adapters.passwords import Passwords
from competition.errors import Conflict, Forbidden, Invalid, NotFound, WrongState
from competition.guards import (
    actor,
    now,
    outside_transaction,
    public,
    session,
    setting,
    signed_in,
    writes,
)
from competition.models import Competition, Team, TeamMember
from competition.policies import Permission, can
from competition.policies.receiving import closed_to_teams
from competition.queries.submissions import entries_of_team, schools, teams_of
from competition.services.people import open_session
from competition.services.submissions import teams as service
from competition.services.submissions.teams import Person
from competition.vocabulary import MemberKind
from competition.web.forms.submissions import (
    RegisterForm,
    TeamForm,
    after_row_button,
    whole,
)
from competition.web.lookup import competition_at
from competition.web.messages import put_on_form, sentence
from competition.web.submissions.blueprint import blueprint
from competition.web.submissions.lookup import in_words, team_at
from competition.web.submissions.standing import rounds_of_team
from competition.web.visitors import welcome


def _closed(competition: Competition) -> str | None:
    return closed_to_teams(
        state=competition.state, closes_at=competition.registration_closes_at, arrived=now()
    )


@blueprint.get("/c/<slug>/register")
@public
def register(slug: str) -> ResponseReturnValue:
    competition = competition_at(slug, Permission.REGISTER_TEAM)
    form = RegisterForm()
    form.offer_rows(competition)
    form.captain_name.data = actor().name
    return _register_page(competition, form)


def _register_page(competition: Competition, form: RegisterForm) -> str:
    if actor().is_signed_in and form.password is not None:
        form.leave_out_account()
    mine = teams_of(session(), competition_id=competition.id, team_ids=actor().team_ids)
    closed = _closed(competition)
    return render_template(
        "submissions/register.html",
        competition=competition,
        form=form,
        closed=closed,
        closed_text=sentence(closed) if closed else "",
        schools=schools(session(), competition_id=competition.id),
        mine=mine,
        is_typed_again=request.method == "POST" and not actor().is_signed_in,
    )


@blueprint.post("/c/<slug>/register")
@public
@writes
def register_team(slug: str) -> ResponseReturnValue:
    competition = competition_at(slug, Permission.REGISTER_TEAM)
    if request.form.get("action", "save") != "save":
        return _register_page(competition, RegisterForm(after_row_button(request.form)))
    form = RegisterForm()
    if actor().is_signed_in:
        form.leave_out_account()
    if not form.validate():
        return _register_page(competition, form), 422
    hashed = None
    if not actor().is_signed_in:
        with outside_transaction():
            passwords: Passwords = current_app.extensions["passwords"]
            hashed = passwords.hash(form.password.data or "")
    try:
        team = service.register_team(
            session(),
            actor=actor(),
            competition=competition_at(slug, Permission.REGISTER_TEAM),
            team=form.team,
            captain=_captain(form),
            password_hash=hashed,
            now=now(),
        )
    except Invalid as error:
        put_on_form(form, error)
        return _register_page(competition_at(slug), form), 422
    return _welcome_captain(slug, team)


def _captain(form: RegisterForm) -> Person:
    email = actor().email if actor().is_signed_in else form.captain_email.data or ""
    return Person(form.captain_name.data or "", email)


def _welcome_captain(slug: str, team: Team) -> ResponseReturnValue:
    account = team.members[0].account
    if not actor().is_signed_in and account is not None:
        token = open_session(
            session(),
            actor=actor(),
            account=account,
            user_agent=request.user_agent.string,
            now=now(),
            lifetime=setting("session_absolute"),
        )
        welcome(token)
    flash(_("%(team)s is registered. You are its captain.", team=team.name), "success")
    return redirect(url_for(".team", slug=slug, team_id=team.id), 303)


@blueprint.get("/c/<slug>/team")
@signed_in
def my_team(slug: str) -> ResponseReturnValue:
    competition = competition_at(slug)
    mine = teams_of(session(), competition_id=competition.id, team_ids=actor().team_ids)
    if len(mine) == 1:
        return redirect(url_for(".team", slug=slug, team_id=mine[0].id))
    return render_template(
        "submissions/my_teams.html",
        competition=competition,
        teams=mine,
        closed=_closed(competition),
    )


@blueprint.get("/c/<slug>/teams/<int:team_id>")
@signed_in
def team(slug: str, team_id: int) -> ResponseReturnValue:
    competition, found = team_at(slug, team_id)
    return _team_page(competition, found)


def _team_page(
    competition: Competition, team: Team, link: str = "", link_for: str = "", refusal: str = ""
) -> str:
    is_organizer = can(actor(), Permission.MANAGE_COMPETITION, competition)
    captain = next((item for item in team.members if item.kind is MemberKind.CAPTAIN), None)
    is_captain = captain is not None and captain.account_id == actor().account_id
    closed = _closed(competition)
    return render_template(
        "submissions/team.html",
        competition=competition,
        team=team,
        now=now(),
        may_edit=can(actor(), Permission.EDIT_TEAM, team) and (is_organizer or not closed),
        may_link=is_captain or is_organizer,
        own_id=actor().account_id,
        rounds=rounds_of_team(
            competition, team, entries_of_team(session(), team.id), actor(), now()
        ),
        closed=closed,
        link=link,
        link_for=link_for,
        refusal=refusal,
    )


@blueprint.get("/c/<slug>/teams/<int:team_id>/edit")
@signed_in
def edit(slug: str, team_id: int) -> ResponseReturnValue:
    competition, found = team_at(slug, team_id, Permission.EDIT_TEAM)
    form = TeamForm()
    form.show(found)
    form.offer_rows(competition)
    return _edit_page(competition, found, form)


def _edit_page(competition: Competition, team: Team, form: TeamForm, refusal: str = "") -> str:
    return render_template(
        "submissions/edit_team.html",
        competition=competition,
        team=team,
        form=form,
        refusal=refusal,
        is_over=_closed(competition) is not None,
        closed=None
        if can(actor(), Permission.MANAGE_COMPETITION, competition)
        else _closed(competition),
        schools=schools(session(), competition_id=competition.id),
    )


@blueprint.post("/c/<slug>/teams/<int:team_id>/edit")
@signed_in
@writes
def edit_team(slug: str, team_id: int) -> ResponseReturnValue:
    competition, found = team_at(slug, team_id, Permission.EDIT_TEAM)
    if request.form.get("action", "save") != "save":
        return _edit_page(competition, found, TeamForm(after_row_button(request.form)))
    form = TeamForm()
    if not form.validate():
        return _edit_page(competition, found, form), 422
    try:
        service.edit_team(
            session(),
            actor=actor(),
            team=found,
            wanted=form.team,
            revision=whole(form.revision.data),
            now=now(),
        )
    except Invalid as error:
        put_on_form(form, error)
        return _edit_page(*team_at(slug, team_id), form), 422
    except (Conflict, WrongState) as error:
        return _edit_page(*team_at(slug, team_id), form, refusal=in_words(error)), 409
    flash(_("The team is saved."), "success")
    return redirect(url_for(".team", slug=slug, team_id=team_id), 303)


@blueprint.post("/c/<slug>/teams/<int:team_id>/members/<int:member_id>/link")
@signed_in
@writes
def member_link(slug: str, team_id: int, member_id: int) -> ResponseReturnValue:
    competition, found = team_at(slug, team_id)
    member: TeamMember | None = next((m for m in found.members if m.id == member_id), None)
    if member is None:
        raise NotFound
    try:
        token = service.issue_member_link(
            session(), actor=actor(), member=member, now=now(), lifetime=setting("link_lifetime")
        )
    except (Conflict, Forbidden) as error:
        status = 403 if isinstance(error, Forbidden) else 409
        return _team_page(competition, found, refusal=in_words(error)), status
    address = setting("public_url").rstrip("/") + url_for("people.link", token=token)
    return _team_page(competition, found, link=address, link_for=member.name)
