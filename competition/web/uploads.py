"""Requests that bring files: larger only where files are expected, and written while they come.

A view that takes files says so with `receives_files`. For everything else, and for anybody not
signed in, the general limit of a request stays.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import IO, Any, TypeVar, cast

import flask
from flask import Flask, current_app, g, has_app_context, request
from flask_login import current_user
from werkzeug.exceptions import RequestEntityTooLarge

from competition.adapters.storage import FolderStorage, IncomingFile, Storage
from competition.errors import Invalid
from competition.extensions import db

View = TypeVar("View", bound=Callable[..., Any])
FILES_MAX = 40
"""Files in one request; more are no honest mistake."""


@dataclass(frozen=True)
class Receiving:
    """What a view takes: the setting that limits all files together, and how they are held."""

    setting: str
    is_stored: bool


def receives_files(setting: str, *, stored: bool = False) -> Callable[[View], View]:
    """Let signed-in people send files up to the bytes of `setting` to this view.

    With `stored` they go straight into the storage's folder, hashed, as `IncomingFile`; without,
    they are ordinary temporary files, for tables that are read once.
    """

    def mark(view: View) -> View:
        view.__receives__ = Receiving(setting, stored)  # type: ignore[attr-defined]
        return view

    return mark


def storage() -> Storage:
    return cast(Storage, current_app.extensions["storage"])


def incoming_files(field: str) -> list[tuple[str, IncomingFile]]:
    """The files sent in `field`, each with the name its sender gave it."""
    return [
        (item.filename, cast(IncomingFile, item.stream))
        for item in request.files.getlist(field)
        if item.filename
    ]


class Request(flask.Request):
    """Parses a form as late as possible, and files without holding them in memory."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.incoming: list[IncomingFile] = []

    def _load_form_data(self) -> None:
        if "form" in self.__dict__:
            return
        receiving = self._receiving()
        if receiving is not None and _is_signed_in():
            settings = current_app.config["SETTINGS"]
            self.max_content_length = getattr(settings, receiving.setting) + settings.request_limit
            self._refuse_without_room(settings.disk_reserve)
        super()._load_form_data()
        if self.content_length is not None:
            g.pop("now", None)  # "in time" is the instant at which the whole request was there

    def _receiving(self) -> Receiving | None:
        view = current_app.view_functions.get(self.endpoint or "") if has_app_context() else None
        return getattr(view, "__receives__", None)

    def _refuse_without_room(self, reserve: int) -> None:
        if storage().free() < reserve + (self.content_length or 0):
            raise Invalid.one("disk_short")

    def _get_file_stream(
        self,
        total_content_length: int | None,
        content_type: str | None,
        filename: str | None = None,
        content_length: int | None = None,
    ) -> IO[bytes]:
        receiving = self._receiving()
        if receiving is None or not receiving.is_stored or not filename:
            return super()._get_file_stream(
                total_content_length, content_type, filename, content_length
            )
        if len(self.incoming) >= FILES_MAX:
            raise RequestEntityTooLarge
        limit = current_app.config["SETTINGS"].upload_limit
        self.incoming.append(storage().receive(limit=limit))
        return cast(IO[bytes], self.incoming[-1])


def _is_signed_in() -> bool:
    """Whether somebody is; a connection is not kept for the long time that a file may take."""
    is_first = "_login_user" not in g
    answer = bool(current_user.is_authenticated)
    if is_first:
        db.session.rollback()
    return answer


def clean_up(_error: BaseException | None = None) -> None:
    """Leave no incoming file behind, however the request went."""
    for item in getattr(request, "incoming", ()):
        item.discard()


def register(app: Flask) -> None:
    app.request_class = Request
    app.extensions["storage"] = FolderStorage(app.config["SETTINGS"].data_path)
    app.teardown_request(clean_up)
