"""Error pages: what is wrong, why, and what to do; the page carries a request id only."""

from __future__ import annotations

from typing import cast

from flask import Flask, current_app, g, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException, SecurityError

from competition.errors import Conflict, DomainError, Forbidden, Invalid, NotFound, WrongState
from competition.web.formats import sentences
from competition.web.logging import log
from competition.web.messages import sentence
from competition.web.preferences import select_theme

TEMPLATES = {
    400: "errors/400.html",
    403: "errors/403.html",
    404: "errors/404.html",
    405: "errors/405.html",
    409: "errors/409.html",
    413: "errors/413.html",
    422: "errors/422.html",
    429: "errors/429.html",
    500: "errors/500.html",
    503: "errors/503.html",
}
STATUS: dict[type[DomainError], int] = {
    NotFound: 404,
    Forbidden: 403,
    WrongState: 409,
    Conflict: 409,
    Invalid: 422,
}
NAME = "error_pages"
ID_MARK = "{request id}"


def register(app: Flask) -> None:
    app.extensions[NAME] = {}
    app.register_error_handler(HTTPException, on_http_error)
    app.register_error_handler(CSRFError, on_csrf_error)
    app.register_error_handler(DomainError, on_domain_error)
    app.register_error_handler(StaleDataError, on_stale_data)
    app.register_error_handler(OperationalError, on_database_trouble)
    app.register_error_handler(500, on_crash)


def page(status: int, reason: str = "") -> ResponseReturnValue:
    g.without_database = True  # it must stand when the database is down: no look at the visitor
    known = status if status in TEMPLATES else (500 if status >= 500 else 400)
    template, request_id = TEMPLATES[known], g.get("request_id", "")
    if reason or current_app.debug or not request_id:
        return render_template(template, reason=reason, request_id=request_id), status
    return _drawn(template).replace(ID_MARK, request_id), status


def _drawn(template: str) -> str:
    """The page with a mark for the request's id; the same for a language and a theme.

    It is drawn once: a scanner asks for thousands of addresses that are not there.
    """
    drawn = cast(dict[tuple[str, ...], str], current_app.extensions[NAME])
    key = (template, request.script_root, str(get_locale()), select_theme())
    if key not in drawn:
        drawn[key] = render_template(template, reason="", request_id=ID_MARK)
    return drawn[key]


def on_http_error(error: HTTPException) -> ResponseReturnValue:
    if error.code is None or error.code < 400:
        return cast(ResponseReturnValue, error)
    if isinstance(error, SecurityError):
        return "", error.code  # a page has links, and there is no host to make them for
    return page(error.code)


def on_csrf_error(error: CSRFError) -> ResponseReturnValue:
    log.info("csrf_refused", path=request.path)
    return page(400, sentence("form_expired"))


def on_domain_error(error: DomainError) -> ResponseReturnValue:
    """A refusal that no form took up."""
    status = next((code for kind, code in STATUS.items() if isinstance(error, kind)), 400)
    log.info("refused", code=error.code, status=status)
    if isinstance(error, Invalid):
        return page(
            status, sentences(sentence(item.code, dict(item.facts)) for item in error.problems)
        )
    return page(status, sentence(error.code, error.facts) if status == 409 else "")


def on_stale_data(error: StaleDataError) -> ResponseReturnValue:
    return page(409, sentence("changed_meanwhile"))


def on_database_trouble(error: OperationalError) -> ResponseReturnValue:
    log.error("database_trouble", error=str(error.orig))
    return page(503)


def on_crash(error: Exception) -> ResponseReturnValue:
    if current_app.debug:
        raise error
    return page(500)
