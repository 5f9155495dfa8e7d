"""Personal sign-in links: one on the page, shown once, or all that are needed as a file."""

from __future__ import annotations

from flask import Response, abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from competition.adapters.spreadsheets import Sheet
from competition.errors import Conflict
from competition.guards import actor, now, session, setting, signed_in, writes
from competition.policies import Permission
from competition.services import panels as service
from competition.web.downloads import ENDINGS, table_response
from competition.web.lookup import competition_at
from competition.web.messages import sentence
from competition.web.panels.blueprint import blueprint
from competition.web.panels.judges import judge_at, judge_page


def link_address(token: str) -> str:
    """The whole address, from the configured public one and never from the request's host."""
    return f"{setting('public_url').rstrip('/')}{url_for('people.link', token=token)}"


@blueprint.post("/c/<slug>/manage/judges/<int:number>/link")
@signed_in
@writes
def issue_link(slug: str, number: int) -> ResponseReturnValue:
    competition, judge = judge_at(slug, number, Permission.MANAGE_PANEL)
    try:
        token = service.issue_judge_link(
            session(),
            actor=actor(),
            judge=judge,
            now=now(),
            lifetime=setting("link_lifetime"),
        )
    except Conflict as error:
        flash(sentence(error.code, error.facts), "error")
        return redirect(url_for("panels.judge", slug=slug, number=number), 303)
    return judge_page(competition, judge, link=link_address(token))


@blueprint.post("/c/<slug>/manage/judges/links")
@signed_in
@writes
def issue_links(slug: str) -> Response:
    competition = competition_at(slug, Permission.MANAGE_PANEL)
    ending = request.form.get("ending", "")
    if ending not in ENDINGS:
        abort(400)
    links = service.issue_judge_links(
        session(),
        actor=actor(),
        competition=competition,
        now=now(),
        lifetime=setting("link_lifetime"),
    )
    rows = [
        (
            f"{item.judge.number:02}",
            item.judge.account.name,
            item.judge.account.email,
            item.judge.phone,
            link_address(item.token) if item.token else _("only the operator can make this link"),
        )
        for item in links
    ]
    headers = (_("No."), _("Name"), _("E-mail address"), _("Phone"), _("Sign-in link"))
    sheet = Sheet(_("Sign-in links"), headers, rows)
    return table_response(f"{slug}-links", [sheet], ending)
