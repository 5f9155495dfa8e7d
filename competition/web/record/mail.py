"""The outbox of a competition: what waits, was sent, or could not be delivered."""

from __future__ import annotations

from flask import render_template, request
from flask.typing import ResponseReturnValue

from competition.guards import session, setting, signed_in
from competition.policies import Permission
from competition.queries.outbox import mail_counts, mail_of
from competition.vocabulary import MailState
from competition.web.lookup import competition_at
from competition.web.record.pages import blueprint


@blueprint.get("/c/<slug>/manage/mail")
@signed_in
def outbox(slug: str) -> ResponseReturnValue:
    competition = competition_at(slug, Permission.REMIND_JUDGES)
    text = request.args.get("state", "")
    state = MailState(text) if text in set(MailState) else None
    return render_template(
        "record/outbox.html",
        competition=competition,
        letters=mail_of(session(), competition_id=competition.id, state=state),
        counts=mail_counts(session(), competition_id=competition.id),
        state=state,
        has_server=bool(setting("smtp_host")),
    )
