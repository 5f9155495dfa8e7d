"""The organizers' list of a round's entries, and what they decide about each."""

from __future__ import annotations

from collections.abc import Sequence

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from competition.adapters.spreadsheets import Sheet
from competition.adapters.spreadsheets.writing import Cell
from competition.errors import DomainError, Invalid, NotFound
from competition.guards import actor, now, session, signed_in, writes
from competition.models import Competition, Entry, Round
from competition.policies import Permission, can
from competition.queries.submissions import (
    EntryRow,
    account_names,
    entry_by_number,
    entry_counts,
    entry_rows,
    page_of,
    team_with_people,
)
from competition.services.submissions import screening as service
from competition.services.submissions.versions import differs
from competition.vocabulary import EntryState, RoundState
from competition.web.downloads import ENDINGS, table_response
from competition.web.formats import local
from competition.web.forms.submissions import ReasonForm, SureForm
from competition.web.labels import label
from competition.web.lookup import round_at
from competition.web.messages import put_on_form
from competition.web.security import small_number
from competition.web.submissions.blueprint import blueprint
from competition.web.submissions.lookup import in_words
from competition.web.submissions.standing import TONES
from competition.web.submissions.versions import submitted


@blueprint.get("/c/<slug>/rounds/<int:position>/entries")
@signed_in
def entries(slug: str, position: int) -> ResponseReturnValue:
    competition, of = round_at(slug, position, Permission.OVERSEE_COMPETITION)
    state = _state(request.args.get("state", ""))
    track = request.args.get("track", type=small_number)
    search = request.args.get("q", "")[:200]
    rows = entry_rows(session(), round_id=of.id, state=state, track_id=track, search=search)
    return render_template(
        "submissions/entries.html",
        competition=competition,
        of=of,
        state=state,
        states=EntryState,
        track=track,
        search=search,
        tones=TONES,
        may_mark_all=can(actor(), Permission.SCREEN_ENTRY, of)
        and service.can_be_decided(of, now()),
        counts=entry_counts(session(), round_id=of.id),
        page=page_of(rows, request.args.get("page", 1, type=small_number)),
    )


def _state(text: str) -> EntryState | None:
    return EntryState(text) if text in set(EntryState) else None


@blueprint.get("/c/<slug>/rounds/<int:position>/entries.<ending>")
@signed_in
def entries_table(slug: str, position: int, ending: str) -> ResponseReturnValue:
    if ending not in ENDINGS:
        abort(404)
    competition, of = round_at(slug, position, Permission.OVERSEE_COMPETITION)
    rows = entry_rows(session(), round_id=of.id)
    headers = [
        _("Entry"),
        _("Track"),
        _("Title in English"),
        _("Title in Chinese"),
        _("Team"),
        _("School"),
        _("State"),
        _("Reason"),
        _("Versions"),
        _("Last submitted (UTC)"),
        "sha256",
    ]
    sheet = Sheet(_("Entries"), headers, [_cells(row) for row in rows])
    return table_response(f"{competition.slug}-{of.position}-entries", [sheet], ending)


def _cells(row: EntryRow) -> Sequence[Cell]:
    return [
        row.number,
        local(row.track),
        row.title.en,
        row.title.zh,
        row.team,
        local(row.school),
        label(row.state),
        row.state_reason,
        row.versions,
        row.submitted_at,
        row.digest,
    ]


@blueprint.get("/c/<slug>/rounds/<int:position>/entries/eligible")
@signed_in
def ask_for_all(slug: str, position: int) -> ResponseReturnValue:
    competition, of = round_at(slug, position, Permission.MANAGE_COMPETITION)
    return _all_page(competition, of, SureForm())


def _all_page(competition: Competition, of: Round, form: SureForm, refusal: str = "") -> str:
    return render_template(
        "submissions/all_eligible.html",
        competition=competition,
        of=of,
        form=form,
        refusal=refusal,
        count=entry_counts(session(), round_id=of.id)[EntryState.SUBMITTED],
    )


@blueprint.post("/c/<slug>/rounds/<int:position>/entries/eligible")
@signed_in
@writes
def mark_all_eligible(slug: str, position: int) -> ResponseReturnValue:
    competition, of = round_at(slug, position, Permission.MANAGE_COMPETITION)
    form = SureForm()
    if not form.validate():
        return _all_page(competition, of, form), 422
    try:
        count = service.mark_all_eligible(session(), actor=actor(), of=of, now=now())
    except DomainError as error:
        return _all_page(competition, of, form, in_words(error)), 409
    text = ngettext("%(num)s entry is eligible now.", "%(num)s entries are eligible now.", count)
    flash(text, "success")
    return redirect(url_for(".entries", slug=slug, position=position), 303)


def _entry_at(
    slug: str, position: int, number: str, permission: Permission
) -> tuple[Competition, Round, Entry]:
    competition, of = round_at(slug, position, permission)
    entry = entry_by_number(session(), round_id=of.id, number=number)
    if entry is None:
        raise NotFound
    return competition, of, entry


@blueprint.get("/c/<slug>/rounds/<int:position>/entries/<number>")
@signed_in
def screening(slug: str, position: int, number: str) -> ResponseReturnValue:
    competition, of, entry = _entry_at(slug, position, number, Permission.OVERSEE_COMPETITION)
    return _screening_page(competition, of, entry)


def _screening_page(
    competition: Competition,
    of: Round,
    entry: Entry,
    refusal: str = "",
) -> str:
    last = entry.versions[-1] if entry.versions else None
    return render_template(
        "submissions/screening.html",
        competition=competition,
        of=of,
        entry=entry,
        tone=TONES[entry.state],
        last=last,
        content=submitted(last) if last else None,
        is_changed=last is not None and differs(entry, last),
        names=account_names(session(), [item.submitted_by for item in entry.versions]),
        people=_people(entry.team_id),
        acts=_acts(of, entry),
        refusal=refusal,
    )


def _people(team_id: int) -> list[tuple[str, str]]:
    team = team_with_people(session(), team_id)
    members = team.members if team is not None else []
    return [(label(item.kind), item.name) for item in members]


def _acts(of: Round, entry: Entry) -> list[str]:
    """What the reader may do with the entry now."""
    if not can(actor(), Permission.SCREEN_ENTRY, entry) or of.state not in service.SCREENED_IN:
        return []
    possible = {
        EntryState.SUBMITTED: ["mark_eligible", "return_entry", "disqualify"],
        EntryState.ELIGIBLE: ["return_entry", "disqualify", "undo"],
        EntryState.RETURNED: ["disqualify", "undo"],
        EntryState.DISQUALIFIED: ["undo"],
    }.get(entry.state, [])
    closed = {
        "mark_eligible": not service.can_be_decided(of, now()),
        "return_entry": of.state not in service.RETURNED_IN,
    }
    return [act for act in possible if not closed.get(act)]


@blueprint.post("/c/<slug>/rounds/<int:position>/entries/<number>/eligible")
@signed_in
@writes
def mark_eligible(slug: str, position: int, number: str) -> ResponseReturnValue:
    competition, of, entry = _entry_at(slug, position, number, Permission.MANAGE_COMPETITION)
    try:
        service.mark_eligible(session(), actor=actor(), entry=entry, now=now())
    except DomainError as error:
        return _screening_page(competition, of, entry, refusal=in_words(error)), 409
    flash(_("%(number)s is eligible.", number=number), "success")
    return redirect(url_for(".screening", slug=slug, position=position, number=number), 303)


@blueprint.get("/c/<slug>/rounds/<int:position>/entries/<number>/<any(return, disqualify):act>")
@signed_in
def ask_for_reason(slug: str, position: int, number: str, act: str) -> ResponseReturnValue:
    competition, of, entry = _entry_at(slug, position, number, Permission.MANAGE_COMPETITION)
    return _reason_page(competition, of, entry, act, ReasonForm())


def _reason_page(
    competition: Competition, of: Round, entry: Entry, act: str, form: ReasonForm, refusal: str = ""
) -> str:
    return render_template(
        "submissions/reason.html",
        competition=competition,
        of=of,
        entry=entry,
        act=act,
        form=form,
        refusal=refusal,
        is_open=of.state in {RoundState.RECEIVING, RoundState.SCREENING},
    )


@blueprint.post("/c/<slug>/rounds/<int:position>/entries/<number>/<any(return, disqualify):act>")
@signed_in
@writes
def decide(slug: str, position: int, number: str, act: str) -> ResponseReturnValue:
    competition, of, entry = _entry_at(slug, position, number, Permission.MANAGE_COMPETITION)
    form = ReasonForm()
    if not form.validate():
        return _reason_page(competition, of, entry, act, form), 422
    verb = service.return_entry if act == "return" else service.disqualify_entry
    try:
        verb(session(), actor=actor(), entry=entry, reason=form.reason.data or "", now=now())
    except Invalid as error:
        put_on_form(form, error)
        return _reason_page(competition, of, entry, act, form), 422
    except DomainError as error:
        return _reason_page(competition, of, entry, act, form, in_words(error)), 409
    words = {
        "return": _("%(number)s is returned to its team.", number=number),
        "disqualify": _("%(number)s is disqualified.", number=number),
    }
    flash(words[act], "success")
    return redirect(url_for(".screening", slug=slug, position=position, number=number), 303)


@blueprint.post("/c/<slug>/rounds/<int:position>/entries/<number>/undo")
@signed_in
@writes
def undo_screening(slug: str, position: int, number: str) -> ResponseReturnValue:
    competition, of, entry = _entry_at(slug, position, number, Permission.MANAGE_COMPETITION)
    try:
        service.undo_screening(session(), actor=actor(), entry=entry, now=now())
    except DomainError as error:
        return _screening_page(competition, of, entry, refusal=in_words(error)), 409
    flash(_("%(number)s is submitted again, as before.", number=number), "success")
    return redirect(url_for(".screening", slug=slug, position=position, number=number), 303)
