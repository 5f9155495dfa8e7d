"""The page with the log of a competition."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from competition.guards import actor, session, signed_in
from competition.policies import Permission, can
from competition.queries.record import audit_actions, audit_entries
from competition.web.formats import use_zone
from competition.web.lookup import competition_at
from competition.web.record.changes import act_words, changes_of, thing_words

blueprint = Blueprint("record", __name__)

PAGE = 50


def _entry_id(text: str) -> int:
    """The id of an entry; what no database would take is no id."""
    number = int(text)
    if not 0 < number < 2**31:
        raise ValueError(text)
    return number


@blueprint.get("/c/<slug>/manage/log")
@signed_in
def log(slug: str) -> ResponseReturnValue:
    competition = competition_at(slug, Permission.READ_AUDIT_LOG)
    use_zone(competition.zone)
    search = "".join(filter(str.isprintable, request.args.get("q", ""))).strip()
    action = request.args.get("action", "")
    before_id = request.args.get("before", type=_entry_id)
    actions = audit_actions(session(), competition_id=competition.id)
    entries = audit_entries(
        session(),
        competition_id=competition.id,
        search=search,
        action=action if action in actions else "",
        before_id=before_id,
        limit=PAGE + 1,
    )
    shown = entries[:PAGE]
    with_contacts = can(actor(), Permission.READ_CONTACTS, competition)
    return render_template(
        "record/log.html",
        competition=competition,
        rows=[
            (item, act_words(item.action), thing_words(item.object_type), changes)
            for item in shown
            for changes in [changes_of(item, competition.zone, with_contacts=with_contacts)]
        ],
        actions=sorted((act_words(name), name) for name in actions),
        search=search,
        action=action,
        is_first=before_id is None,
        next_before=shown[-1].id if len(entries) > PAGE else None,
    )
