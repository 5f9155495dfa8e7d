"""Signing in and out, the personal link, one's own account, and who has which role."""

from __future__ import annotations

from math import ceil

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from competition.adapters.passwords import Passwords
from competition.errors import Conflict, Invalid, NotFound
from competition.guards import (
    actor,
    keep,
    now,
    outside_transaction,
    public,
    session,
    setting,
    signed_in,
    writes,
)
from competition.models import Account
from competition.policies import Permission
from competition.queries.people import (
    account_by_email,
    live_sessions,
    memberships,
    sign_in_link,
)
from competition.services import people as service
from competition.vocabulary import Role
from competition.web.devices import device_words
from competition.web.forms.people import InviteForm, PasswordForm, SignInForm
from competition.web.lookup import competition_at
from competition.web.messages import put_on_form, sentence
from competition.web.preferences import same_site_path
from competition.web.visitors import forget, welcome

blueprint = Blueprint("people", __name__)


def passwords() -> Passwords:
    return current_app.extensions["passwords"]  # type: ignore[no-any-return]


@blueprint.get("/sign-in")
@public
def sign_in() -> ResponseReturnValue:
    if current_user.is_authenticated:
        return redirect(same_site_path(request.args.get("next")))
    return render_template("people/sign_in.html", form=SignInForm())


@blueprint.post("/sign-in")
@public
@writes
def sign_in_with_password() -> ResponseReturnValue:
    form = SignInForm()
    address = request.remote_addr or ""
    if not form.validate():
        return render_template("people/sign_in.html", form=form), 422
    email = service.normal_email(form.email.data or "")
    wait = service.wait_before_attempt(session(), email=email, address=address, now=now())
    if wait is not None:
        put_on_form(form, Invalid.one("wait_for_attempt", seconds=ceil(wait.total_seconds())))
        return render_template("people/sign_in.html", form=form), 429
    account = account_by_email(session(), email)
    stored, account_id = (account.password_hash, account.id) if account else (None, None)
    with outside_transaction():
        fits = passwords().verify(stored, form.password.data or "")
    if not fits or account_id is None:
        service.note_failed_attempt(
            session(), actor=actor(), email=email, address=address, now=now()
        )
        keep()
        put_on_form(form, Invalid.one("wrong_password", field="password"))
        return render_template("people/sign_in.html", form=form), 422
    return _open(session().get_one(Account, account_id))


def _open(account: Account) -> ResponseReturnValue:
    token = service.open_session(
        session(),
        actor=actor(),
        account=account,
        user_agent=request.user_agent.string,
        now=now(),
        lifetime=setting("session_absolute"),
    )
    welcome(token)
    return redirect(same_site_path(request.args.get("next")), 303)


@blueprint.get("/link/<token>")
@public
def link(token: str) -> ResponseReturnValue:
    """Looking at a link spends nothing: mail scanners do it too."""
    found = sign_in_link(session(), token=token, now=now())
    if found is None:
        return render_template("people/link_spent.html"), 404
    return render_template("people/link.html", account=found.account, token=token)


@blueprint.post("/link/<token>")
@public
@writes
def use_link(token: str) -> ResponseReturnValue:
    try:
        account = service.use_link(session(), token=token, now=now())
    except NotFound:
        return render_template("people/link_spent.html"), 404
    return _open(account)


@blueprint.post("/sign-out")
@signed_in
@writes
def sign_out() -> ResponseReturnValue:
    service.end_session(session(), actor=actor(), session_id=current_user.session_id, now=now())
    forget()
    return redirect(url_for("rounds.home"), 303)


@blueprint.get("/account")
@signed_in
def account() -> ResponseReturnValue:
    return _account_page(PasswordForm())


def _account_page(form: PasswordForm) -> str:
    own = session().get_one(Account, actor().account_id)
    return render_template(
        "people/account.html",
        form=form,
        account=own,
        sessions=[
            (item, device_words(item.user_agent))
            for item in live_sessions(session(), account_id=own.id, now=now())
        ],
        current_session_id=current_user.session_id,
    )


@blueprint.post("/account/password")
@signed_in
@writes
def change_password() -> ResponseReturnValue:
    form = PasswordForm()
    if not form.validate():
        return _account_page(form), 422
    own = session().get_one(Account, actor().account_id)
    stored, own_id = own.password_hash, own.id
    with outside_transaction():
        fits = stored is None or passwords().verify(stored, form.current.data or "")
        hashed = passwords().hash(form.password.data or "") if fits else ""
    if not fits:
        put_on_form(form, Invalid.one("current_password_wrong", field="current"))
        return _account_page(form), 422
    own = session().get_one(Account, own_id)
    service.set_password(session(), actor=actor(), account=own, password_hash=hashed, now=now())
    service.end_all_sessions(session(), account=own, now=now())
    flash(_("The password is changed. Other devices are signed out."))
    return _stay(own, url_for("people.account"))


def _stay(own: Account, target: str) -> ResponseReturnValue:
    """A new session for the one who changed the password, with a new token."""
    token = service.open_session(
        session(),
        actor=actor(),
        account=own,
        user_agent=request.user_agent.string,
        now=now(),
        lifetime=setting("session_absolute"),
    )
    welcome(token)
    return redirect(target, 303)


@blueprint.post("/account/sessions/<int:session_id>/end")
@signed_in
@writes
def end_session(session_id: int) -> ResponseReturnValue:
    service.end_session(session(), actor=actor(), session_id=session_id, now=now())
    flash(_("That device is signed out."))
    return redirect(url_for("people.account"), 303)


@blueprint.get("/c/<slug>/manage/people")
@signed_in
def members(slug: str) -> ResponseReturnValue:
    return _members_page(slug, InviteForm())


def _members_page(slug: str, form: InviteForm, link: str = "", link_for: str = "") -> str:
    competition = competition_at(slug, Permission.OVERSEE_COMPETITION)
    return render_template(
        "people/members.html",
        competition=competition,
        form=form,
        members=memberships(session(), competition_id=competition.id),
        link=link,
        link_for=link_for,
    )


@blueprint.post("/c/<slug>/manage/people")
@signed_in
@writes
def invite(slug: str) -> ResponseReturnValue:
    competition = competition_at(slug, Permission.MANAGE_COMPETITION)
    form = InviteForm()
    if not form.validate():
        return _members_page(slug, form), 422
    invited = service.find_or_create_account(
        session(), actor=actor(), email=form.email.data or "", name=form.name.data or "", now=now()
    )
    service.grant_role(
        session(),
        actor=actor(),
        competition=competition,
        account=invited,
        role=Role(form.role.data),
        now=now(),
    )
    return _show_link(slug, invited)


def _show_link(slug: str, invited: Account) -> str:
    try:
        token = service.invite(
            session(),
            actor=actor(),
            account=invited,
            now=now(),
            lifetime=setting("link_lifetime"),
        )
    except Conflict as refusal:  # the role is given all the same
        flash(sentence(refusal.code, refusal.facts), "warning")
        return _members_page(slug, InviteForm(formdata=None))
    address = setting("public_url").rstrip("/") + url_for("people.link", token=token)
    return _members_page(slug, InviteForm(formdata=None), link=address, link_for=invited.name)


@blueprint.post("/c/<slug>/manage/people/<int:membership_id>/link")
@signed_in
@writes
def renew_link(slug: str, membership_id: int) -> ResponseReturnValue:
    competition = competition_at(slug, Permission.MANAGE_COMPETITION)
    for member in memberships(session(), competition_id=competition.id):
        if member.id == membership_id:
            return _show_link(slug, member.account)
    raise NotFound


@blueprint.get("/c/<slug>/manage/people/<int:membership_id>/withdraw")
@signed_in
def confirm_withdrawal(slug: str, membership_id: int) -> ResponseReturnValue:
    return _withdrawal_page(slug, membership_id)


def _withdrawal_page(slug: str, membership_id: int, refusal: str = "") -> str:
    competition = competition_at(slug, Permission.MANAGE_COMPETITION)
    for member in memberships(session(), competition_id=competition.id):
        if member.id == membership_id:
            return render_template(
                "people/withdraw.html", competition=competition, member=member, refusal=refusal
            )
    raise NotFound


@blueprint.post("/c/<slug>/manage/people/<int:membership_id>/withdraw")
@signed_in
@writes
def withdraw_role(slug: str, membership_id: int) -> ResponseReturnValue:
    competition = competition_at(slug, Permission.MANAGE_COMPETITION)
    try:
        service.withdraw_role(
            session(),
            actor=actor(),
            competition=competition,
            membership_id=membership_id,
            now=now(),
        )
    except Conflict as refusal:
        return _withdrawal_page(slug, membership_id, sentence(refusal.code)), 409
    flash(_("The role is withdrawn."), "success")
    return redirect(url_for("people.members", slug=slug), 303)
