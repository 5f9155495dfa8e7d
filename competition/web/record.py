"""The log of a competition."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from competition.guards import session, signed_in
from competition.policies import Permission
from competition.queries.record import audit_actions, audit_entries
from competition.web.lookup import competition_at

blueprint = Blueprint("record", __name__)

PAGE = 100


@blueprint.get("/c/<slug>/manage/log")
@signed_in
def log(slug: str) -> ResponseReturnValue:
    competition = competition_at(slug, Permission.READ_AUDIT_LOG)
    search = request.args.get("q", "").strip()
    action = request.args.get("action", "")
    entries = audit_entries(
        session(),
        competition_id=competition.id,
        search=search,
        action=action,
        before_id=request.args.get("before", type=int),
        limit=PAGE + 1,
    )
    return render_template(
        "record/log.html",
        competition=competition,
        entries=entries[:PAGE],
        actions=audit_actions(session(), competition_id=competition.id),
        search=search,
        action=action,
        next_before=entries[PAGE - 1].id if len(entries) > PAGE else None,
    )
