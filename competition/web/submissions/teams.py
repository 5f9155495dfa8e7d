"""The organizers' list of teams."""

from __future__ import annotations

from flask import abort, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from competition.adapters.spreadsheets import Sheet
from competition.guards import actor, session, setting, signed_in
from competition.policies import Permission, can
from competition.queries.submissions import page_of, schools, team_rows
from competition.web.downloads import ENDINGS, table_response
from competition.web.formats import local
from competition.web.lookup import competition_at
from competition.web.security import small_number
from competition.web.submissions.blueprint import blueprint


@blueprint.get("/c/<slug>/teams")
@signed_in
def teams(slug: str) -> ResponseReturnValue:
    competition = competition_at(slug, Permission.OVERSEE_COMPETITION)
    search = request.args.get("q", "")[:200]
    school = request.args.get("school", type=small_number)
    rows = team_rows(
        session(),
        competition_id=competition.id,
        search=search,
        organization_id=school,
        with_contacts=can(actor(), Permission.READ_CONTACTS, competition),
    )
    return render_template(
        "submissions/teams.html",
        competition=competition,
        page=page_of(rows, request.args.get("page", 1, type=small_number)),
        people=sum(row.members for row in rows),
        search=search,
        school=school,
        schools=schools(session(), competition_id=competition.id),
        registration=setting("public_url").rstrip("/") + url_for("submissions.register", slug=slug),
    )


@blueprint.get("/c/<slug>/teams.<ending>")
@signed_in
def teams_table(slug: str, ending: str) -> ResponseReturnValue:
    if ending not in ENDINGS:
        abort(404)
    competition = competition_at(slug, Permission.OVERSEE_COMPETITION)
    with_contacts = can(actor(), Permission.READ_CONTACTS, competition)
    rows = team_rows(session(), competition_id=competition.id, with_contacts=with_contacts)
    contacts = [_("Captain’s e-mail address")] if with_contacts else []
    sheet = Sheet(
        _("Teams"),
        [
            _("Team"),
            _("School"),
            _("Captain"),
            *contacts,
            _("Members"),
            _("Instructors"),
            _("Entries"),
            _("Registered (UTC)"),
        ],
        [
            [
                row.name,
                local(row.school),
                row.captain,
                *([row.captain_email] if with_contacts else []),
                row.members,
                row.instructors,
                row.entries,
                row.registered_at,
            ]
            for row in rows
        ],
    )
    return table_response(f"{competition.slug}-teams", [sheet], ending)
