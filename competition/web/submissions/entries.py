"""A team's entry: its parts, checking and submitting it, withdrawing it."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.exceptions import NotFound as NoSuchPage

from competition.errors import Conflict, DomainError, Invalid, WrongState
from competition.guards import actor, now, session, signed_in, writes
from competition.models import Competition, Entry
from competition.policies import Permission, can
from competition.queries.submissions import account_names
from competition.services.submissions import entries as service
from competition.services.submissions.versions import differs, last_of, live_files
from competition.vocabulary import EntryState
from competition.web.forms.submissions import (
    PARTS,
    DraftPart,
    StartForm,
    SubmitForm,
    SureForm,
    TrackPart,
    whole,
    with_tracks,
)
from competition.web.lookup import round_at
from competition.web.messages import put_on_form, sentence
from competition.web.submissions.blueprint import blueprint
from competition.web.submissions.lookup import entry_at, in_words, team_at
from competition.web.submissions.standing import TONES, closed_for, next_step
from competition.web.submissions.tasks import answers, files_in_words, parts_of, tasks_of


@blueprint.get("/c/<slug>/teams/<int:team_id>/rounds/<int:position>/begin")
@signed_in
def start(slug: str, team_id: int, position: int) -> ResponseReturnValue:
    competition, team = team_at(slug, team_id, Permission.EDIT_ENTRY)
    _same, of = round_at(slug, position)
    form = StartForm()
    with_tracks(form, competition)
    if len(competition.tracks) == 1:
        form.track_id.data = competition.tracks[0].id
    return render_template(
        "submissions/start.html", competition=competition, team=team, round=of, form=form
    )


@blueprint.post("/c/<slug>/teams/<int:team_id>/rounds/<int:position>/begin")
@signed_in
@writes
def start_entry(slug: str, team_id: int, position: int) -> ResponseReturnValue:
    competition, team = team_at(slug, team_id, Permission.EDIT_ENTRY)
    _same, of = round_at(slug, position)
    form = StartForm()
    with_tracks(form, competition)
    if not form.validate():
        page = render_template(
            "submissions/start.html", competition=competition, team=team, round=of, form=form
        )
        return page, 422
    entry = service.start_entry(
        session(), actor=actor(), team=team, of=of, track_id=form.track_id.data, now=now()
    )
    return redirect(url_for(".entry", slug=slug, entry_id=entry.id), 303)


@blueprint.get("/c/<slug>/entries/<int:entry_id>")
@signed_in
def entry(slug: str, entry_id: int) -> ResponseReturnValue:
    competition, found = entry_at(slug, entry_id)
    if found.team_id not in actor().team_ids:  # an organizer, who has a page of their own
        position, number = found.round.position, found.number
        return redirect(url_for(".screening", slug=slug, position=position, number=number))
    return _entry_page(competition, found)


def _entry_page(competition: Competition, entry: Entry, refusal: str = "") -> str:
    closed = closed_for(entry, now())
    versions = list(reversed(entry.versions))
    return render_template(
        "submissions/entry.html",
        competition=competition,
        entry=entry,
        refusal=refusal,
        closed=closed,
        may_edit=closed is None and can(actor(), Permission.EDIT_ENTRY, entry),
        may_withdraw=_may_withdraw(entry),
        may_take_back=_may_take_back(entry),
        standing=next_step(entry, is_open=closed is None),
        tone=TONES[entry.state],
        tasks=tasks_of(entry, is_open=closed is None),
        parts=parts_of(entry),
        versions=versions,
        names=account_names(session(), [item.submitted_by for item in versions]),
        files_in_words=files_in_words,
        is_changed=bool(versions) and differs(entry, versions[0]),
        now=now(),
    )


def _may_withdraw(entry: Entry) -> bool:
    return (
        can(actor(), Permission.EDIT_ENTRY, entry)
        and entry.round.state in service.WITHDRAWABLE_IN
        and entry.state not in {EntryState.WITHDRAWN, EntryState.DISQUALIFIED}
    )


def _may_take_back(entry: Entry) -> bool:
    is_withdrawn = entry.state is EntryState.WITHDRAWN
    return is_withdrawn and can(actor(), Permission.EDIT_ENTRY, entry)


def _form_of(part: str, competition: Competition) -> DraftPart:
    if part not in PARTS:
        raise NoSuchPage
    form = PARTS[part]()
    if isinstance(form, TrackPart):
        with_tracks(form, competition)
    return form


@blueprint.get("/c/<slug>/entries/<int:entry_id>/<any(text, track, repository, demo):part>")
@signed_in
def edit_part(slug: str, entry_id: int, part: str) -> ResponseReturnValue:
    competition, found = entry_at(slug, entry_id, Permission.EDIT_ENTRY)
    form = _form_of(part, competition)
    form.show(found)
    form.revision.data = str(found.revision)
    return _part_page(competition, found, part, form)


def _part_page(
    competition: Competition, entry: Entry, part: str, form: DraftPart, refusal: str = ""
) -> str:
    return render_template(
        "submissions/part_text.html" if part == "text" else "submissions/part_other.html",
        competition=competition,
        entry=entry,
        part=part,
        form=form,
        refusal=refusal,
        closed=closed_for(entry, now()),
    )


@blueprint.post("/c/<slug>/entries/<int:entry_id>/<any(text, track, repository, demo):part>")
@signed_in
@writes
def save_part(slug: str, entry_id: int, part: str) -> ResponseReturnValue:
    competition, found = entry_at(slug, entry_id, Permission.EDIT_ENTRY)
    form = _form_of(part, competition)
    if not form.validate():
        return _part_page(competition, found, part, form), 422
    try:
        service.edit_entry(
            session(),
            actor=actor(),
            entry=found,
            revision=whole(form.revision.data),
            now=now(),
            **form.changes(),
        )
    except Invalid as error:
        put_on_form(form, error)
        return _part_page(competition, found, part, form), 422
    except (Conflict, WrongState) as error:
        return _part_page(competition, found, part, form, refusal=in_words(error)), 409
    flash(_("Saved as a draft. It counts once you submit it."), "success")
    return redirect(url_for(".entry", slug=slug, entry_id=entry_id), 303)


@blueprint.get("/c/<slug>/entries/<int:entry_id>/submit")
@signed_in
def check(slug: str, entry_id: int) -> ResponseReturnValue:
    competition, found = entry_at(slug, entry_id, Permission.EDIT_ENTRY)
    return _check_page(competition, found)


def _check_page(competition: Competition, entry: Entry, refusal: str = "") -> str:
    form = SubmitForm(formdata=None)
    form.revision.data = str(entry.revision)
    last = last_of(entry.versions)
    closed = closed_for(entry, now())
    is_in = entry.state is EntryState.SUBMITTED and not differs(entry, last)
    return render_template(
        "submissions/check.html",
        competition=competition,
        entry=entry,
        form=form,
        refusal=refusal,
        closed=closed,
        closed_text=sentence(closed) if closed else "",
        missing=parts_of(entry).missing,
        answers=answers(entry, competition),
        files=live_files(entry),
        is_in=is_in,
        last=last,
        now=now(),
    )


@blueprint.post("/c/<slug>/entries/<int:entry_id>/submit")
@signed_in
@writes
def submit(slug: str, entry_id: int) -> ResponseReturnValue:
    competition, found = entry_at(slug, entry_id, Permission.EDIT_ENTRY)
    revision = whole(request.form.get("revision"))
    try:
        version, is_new = service.submit_entry(
            session(), actor=actor(), entry=found, revision=revision, now=now()
        )
    except DomainError as error:
        status = 422 if isinstance(error, Invalid) else 409
        return _check_page(competition, found, refusal=in_words(error)), status
    if is_new:
        flash(_("Submitted. Version %(number)s is in.", number=version.version), "success")
    else:
        text = _("This is in already, as version %(number)s.", number=version.version)
        flash(text, "success")
    target = url_for(".receipt", slug=slug, entry_id=entry_id, version=version.version)
    return redirect(target, 303)


@blueprint.post("/c/<slug>/entries/<int:entry_id>/discard")
@signed_in
@writes
def discard_changes(slug: str, entry_id: int) -> ResponseReturnValue:
    _competition, found = entry_at(slug, entry_id, Permission.EDIT_ENTRY)
    service.discard_changes(session(), actor=actor(), entry=found, now=now())
    flash(_("The draft is again what you submitted last."), "success")
    return redirect(url_for(".entry", slug=slug, entry_id=entry_id), 303)


@blueprint.get("/c/<slug>/entries/<int:entry_id>/withdraw")
@signed_in
def ask_to_withdraw(slug: str, entry_id: int) -> ResponseReturnValue:
    competition, found = entry_at(slug, entry_id, Permission.EDIT_ENTRY)
    return render_template(
        "submissions/withdraw.html", competition=competition, entry=found, form=SureForm()
    )


@blueprint.post("/c/<slug>/entries/<int:entry_id>/withdraw")
@signed_in
@writes
def withdraw(slug: str, entry_id: int) -> ResponseReturnValue:
    competition, found = entry_at(slug, entry_id, Permission.EDIT_ENTRY)
    form = SureForm()
    if not form.validate():
        page = render_template(
            "submissions/withdraw.html", competition=competition, entry=found, form=form
        )
        return page, 422
    try:
        service.withdraw_entry(session(), actor=actor(), entry=found, now=now())
    except WrongState as error:
        return _entry_page(competition, found, refusal=in_words(error)), 409
    flash(_("The entry is withdrawn. Nothing was deleted."), "success")
    return redirect(url_for(".entry", slug=slug, entry_id=entry_id), 303)


@blueprint.post("/c/<slug>/entries/<int:entry_id>/take-back")
@signed_in
@writes
def take_back(slug: str, entry_id: int) -> ResponseReturnValue:
    competition, found = entry_at(slug, entry_id, Permission.EDIT_ENTRY)
    try:
        service.take_back_withdrawal(session(), actor=actor(), entry=found, now=now())
    except WrongState as error:
        return _entry_page(competition, found, refusal=in_words(error)), 409
    flash(_("The entry is a draft again. Submit it to be in the round."), "success")
    return redirect(url_for(".entry", slug=slug, entry_id=entry_id), 303)
