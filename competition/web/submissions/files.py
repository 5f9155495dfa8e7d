"""The files of an entry: sending, removing, putting back, and reading them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from flask import Response, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.exceptions import RequestedRangeNotSatisfiable

from competition.adapters.file_types import ENDINGS, SHOWN_TYPES, clean_name
from competition.adapters.storage import IncomingFile
from competition.errors import Conflict, DomainError, Invalid, NotFound, Problem, WrongState
from competition.guards import (
    actor,
    now,
    outside_transaction,
    session,
    setting,
    signed_in,
    writes,
)
from competition.models import Competition, Entry
from competition.policies import Permission, can
from competition.queries.submissions import file_to_read
from competition.services.submissions import files as service
from competition.services.submissions.files import ArrivedFile, Outcome
from competition.services.submissions.versions import live_files
from competition.web.forms.submissions import UploadForm, whole
from competition.web.messages import put_on_form, sentence
from competition.web.submissions.blueprint import blueprint
from competition.web.submissions.lookup import entry_at, in_words
from competition.web.submissions.standing import closed_for
from competition.web.uploads import incoming_files, receives_files, storage

INLINE_POLICY = "default-src 'none'; object-src 'self'; media-src 'self'; style-src 'unsafe-inline'"


@blueprint.get("/c/<slug>/entries/<int:entry_id>/files")
@signed_in
def files(slug: str, entry_id: int) -> ResponseReturnValue:
    competition, entry = entry_at(slug, entry_id, Permission.EDIT_ENTRY)
    return _files_page(competition, entry, UploadForm(request.args))


def _files_page(competition: Competition, entry: Entry, form: UploadForm, refusal: str = "") -> str:
    live = live_files(entry)
    closed = closed_for(entry, now())
    replaced = next((item for item in live if str(item.id) == form.replaces.data), None)
    taken = {item.sha256 for item in live}
    removed = {item.sha256: item for item in entry.files if item.sha256 not in taken}
    return render_template(
        "submissions/files.html",
        competition=competition,
        entry=entry,
        form=form,
        refusal=refusal,
        closed=closed,
        closed_text=sentence(closed) if closed else "",
        files=live,
        removed=sorted(removed.values(), key=lambda item: item.name),
        replaced=replaced,
        used=sum(item.size for item in live),
        quota=setting("team_quota"),
        limit=setting("upload_limit"),
        files_max=service.FILES_MAX,
        endings=ENDINGS,
    )


@blueprint.post("/c/<slug>/entries/<int:entry_id>/files")
@receives_files("team_quota", stored=True)
@signed_in
@writes
def add_files(slug: str, entry_id: int) -> ResponseReturnValue:
    _competition, entry = entry_at(slug, entry_id, Permission.EDIT_ENTRY)
    form = UploadForm()
    arrived = incoming_files("files")
    try:
        service.check_before_upload(session(), actor=actor(), entry=entry, now=now())
        with outside_transaction():
            adopted = _adopt(arrived)
        outcomes = service.add_files(
            session(),
            actor=actor(),
            entry=entry,
            files=adopted,
            replaces=whole(form.replaces.data),
            quota=setting("team_quota"),
            now=now(),
        )
    except Invalid as error:
        put_on_form(form, error)
        return _after_refusal(slug, entry_id, form), 422
    except (Conflict, WrongState) as error:
        return _after_refusal(slug, entry_id, form, in_words(error)), 409
    _tell(outcomes)
    return redirect(url_for(".files", slug=slug, entry_id=entry_id), 303)


def _after_refusal(slug: str, entry_id: int, form: UploadForm, refusal: str = "") -> str:
    with outside_transaction():  # undone first, so that the page shows what there really is
        return _files_page(*entry_at(slug, entry_id), form, refusal)


def _adopt(arrived: Sequence[tuple[str, IncomingFile]]) -> list[ArrivedFile]:
    """Examine all files, and keep them if every one is fine."""
    if not arrived:
        raise Invalid.one("file_missing", field="files")
    limit = setting("upload_limit")
    problems: list[Problem] = []
    types = []
    for name, incoming in arrived:
        incoming.settle()
        try:
            types.append(
                service.examine(
                    incoming.path, name=name, is_too_large=incoming.is_too_large, limit=limit
                )
            )
        except Invalid as error:
            problems += error.problems
    if problems:
        raise Invalid(problems)
    return [
        ArrivedFile(clean_name(name), media_type, incoming.size, storage().adopt(incoming))
        for (name, incoming), media_type in zip(arrived, types, strict=True)
    ]


def _tell(outcomes: Sequence[tuple[ArrivedFile, Outcome]]) -> None:
    def names(wanted: Outcome) -> list[str]:
        return [file.name for file, outcome in outcomes if outcome is wanted]

    added, replaced = names(Outcome.ADDED), names(Outcome.REPLACED)
    if added:
        text = ngettext(
            "%(names)s is added.", "%(names)s are added.", len(added), names=_(", ").join(added)
        )
        flash(text, "success")
    if replaced:
        flash(_("Replaced by the new file: %(names)s.", names=_(", ").join(replaced)), "success")
    for name in names(Outcome.ALREADY_THERE):
        flash(_("%(name)s is here already, with exactly this content.", name=name))


@blueprint.post("/c/<slug>/entries/<int:entry_id>/files/<int:file_id>/remove")
@signed_in
@writes
def remove_file(slug: str, entry_id: int, file_id: int) -> ResponseReturnValue:
    competition, entry = entry_at(slug, entry_id, Permission.EDIT_ENTRY)
    try:
        file = service.remove_file(
            session(), actor=actor(), entry=entry, file_id=file_id, now=now()
        )
    except WrongState as error:
        return _files_page(competition, entry, UploadForm(formdata=None), in_words(error)), 409
    flash(_("%(name)s is removed. You can put it back below.", name=file.name), "success")
    return redirect(url_for(".files", slug=slug, entry_id=entry_id), 303)


@blueprint.post("/c/<slug>/entries/<int:entry_id>/files/<int:file_id>/put-back")
@signed_in
@writes
def put_file_back(slug: str, entry_id: int, file_id: int) -> ResponseReturnValue:
    _competition, entry = entry_at(slug, entry_id, Permission.EDIT_ENTRY)
    try:
        file = service.put_file_back(
            session(),
            actor=actor(),
            entry=entry,
            file_id=file_id,
            quota=setting("team_quota"),
            now=now(),
        )
    except (Conflict, Invalid, WrongState) as error:
        status = 422 if isinstance(error, Invalid) else 409
        words = in_words(cast(DomainError, error))
        return _after_refusal(slug, entry_id, UploadForm(formdata=None), words), status
    flash(_("%(name)s is back.", name=file.name), "success")
    return redirect(url_for(".files", slug=slug, entry_id=entry_id), 303)


@blueprint.get("/entries/<int:entry_id>/files/<int:file_id>")
@signed_in
def file(entry_id: int, file_id: int) -> ResponseReturnValue:
    """A file, to keep; PDF and video with `?show=1` to look at."""
    found = file_to_read(session(), entry_id=entry_id, file_id=file_id)
    if found is None or not can(actor(), Permission.DOWNLOAD_FILE, found[1]):
        raise NotFound
    kept = found[0]
    if not storage().exists(kept.sha256):
        raise NotFound
    is_shown = request.args.get("show") == "1" and kept.media_type in SHOWN_TYPES
    response = send_file(
        storage().open(kept.sha256),
        mimetype=kept.media_type if is_shown else "application/octet-stream",
        as_attachment=not is_shown,
        download_name=kept.name,
        conditional=False,
        etag=kept.sha256,
    )
    return _sealed(response, kept.size, is_shown=is_shown)


def _sealed(response: Response, size: int, *, is_shown: bool) -> Response:
    """Answer range requests, and let nothing in the file act in this site's name."""
    response.content_length = size
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = INLINE_POLICY if is_shown else "sandbox"
    response.headers["Cache-Control"] = "private, no-store"
    try:
        response.make_conditional(request, accept_ranges=True, complete_length=size)
    except RequestedRangeNotSatisfiable:
        response.close()
        raise
    return response
