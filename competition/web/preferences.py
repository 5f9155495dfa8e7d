"""What a reader chooses for themselves: the language and light or dark, each kept in a cookie."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode, urlsplit

from flask import Blueprint, abort, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from werkzeug.wrappers import Response

from competition.guards import actor, now, public, session, setting, writes
from competition.services.people import choose_language_of_mail

blueprint = Blueprint("preferences", __name__, url_prefix="/preferences")

LANGUAGES = {"en": "English", "zh_Hans": "中文"}
THEMES = ("auto", "light", "dark")
LANGUAGE_COOKIE = "language"
THEME_COOKIE = "theme"
A_YEAR = 365 * 24 * 3600


def select_locale() -> str:
    """The language of this request: address, cookie, browser, and then the default.

    The address (`?lang=zh_Hans`) serves pages that are cached for everybody and so can carry no
    form; it is remembered in the cookie. Every kind of Chinese gets the simplified one.
    """
    for chosen in (request.args.get("lang"), request.cookies.get(LANGUAGE_COOKIE)):
        if chosen in LANGUAGES:
            return chosen
    for tag, _quality in request.accept_languages:
        base = tag.lower().replace("_", "-").split("-")[0]
        if base in {"zh", "en"}:
            return "zh_Hans" if base == "zh" else "en"
    return str(setting("default_locale"))


def select_theme() -> str:
    """`auto` follows the device (a media query in tokens.css)."""
    chosen = request.cookies.get(THEME_COOKIE, "")
    return chosen if chosen in THEMES else "auto"


def same_site_path(target: str | None) -> str:
    """`target` if it is a path of this site, else the front page."""
    front = f"{request.script_root}/"
    if not target or not target.startswith("/") or target.startswith(("//", "/\\")):
        return front
    if not target.isprintable() or "\\" in target:
        return front
    parts = urlsplit(target)
    return front if parts.scheme or parts.netloc else target


def _remember(response: Response, name: str, value: str) -> None:
    response.set_cookie(
        name, value, max_age=A_YEAR, samesite="Lax", httponly=True, secure=request.is_secure
    )


def _chosen(name: str, allowed: tuple[str, ...]) -> ResponseReturnValue:
    value = request.form.get(name, "")
    if value not in allowed:
        abort(400)
    response = redirect(same_site_path(request.form.get("next")), 303)
    _remember(response, name, value)
    return response


@blueprint.get("")
@public
def show() -> ResponseReturnValue:
    return render_template("preferences.html", back=same_site_path(request.args.get("next")))


@blueprint.post("/language")
@public
@writes
def choose_language() -> ResponseReturnValue:
    response = _chosen(LANGUAGE_COOKIE, tuple(LANGUAGES))
    who = actor()
    if who.account_id is not None:
        choose_language_of_mail(
            session(), actor=who, language=request.form.get("language", ""), now=now()
        )
    return response


@blueprint.post("/theme")
@public
@writes
def choose_theme() -> ResponseReturnValue:
    return _chosen(THEME_COOKIE, THEMES)


@blueprint.after_app_request
def remember_language_of_address(response: Response) -> Response:
    """A language asked for in the address stays chosen; no form is needed for that."""
    chosen = request.args.get("lang")
    if chosen in LANGUAGES and request.cookies.get(LANGUAGE_COOKIE) != chosen:
        _remember(response, LANGUAGE_COOKIE, chosen)
    return response


def here() -> str:
    """Path of the page, to come back to; without a language in the address."""
    arguments = {key: values for key, values in request.args.lists() if key != "lang"}
    query = urlencode(arguments, doseq=True)
    path = request.script_root + request.path
    return f"{path}?{query}" if query else path


def in_language(language: str) -> str:
    """Address of this page in another language."""
    path = here()
    return f"{path}{'&' if '?' in path else '?'}lang={language}"


@blueprint.app_context_processor
def reader() -> dict[str, Any]:
    """What base.html needs to know of the reader; asks the database nothing."""
    language = str(get_locale() or "en")
    return {
        "language": language,
        "html_lang": language.replace("_", "-"),
        "text_direction": "ltr",
        "other_languages": [item for item in LANGUAGES.items() if item[0] != language],
        "theme": select_theme(),
        "here": here,
        "in_language": in_language,
    }
