"""Public pages served from the process's cache, always as fresh as the database."""

from __future__ import annotations

from collections.abc import Callable

from flask import Response, current_app, make_response, request
from flask import session as cookie
from flask.typing import ResponseReturnValue
from flask_babel import get_locale

from competition.guards import session
from competition.queries.results import version_of
from competition.web.compression import Encoded, packed, respond
from competition.web.front import MARK, EverybodysPage
from competition.web.page_cache import pages
from competition.web.preferences import select_theme

CACHED_ARGUMENTS = frozenset({"track", "page", "lang"})
"""Addresses with anything else, such as a search, are drawn anew: they are endlessly many."""
LONGEST_ARGUMENT = 9
ASK_AGAIN = "no-cache"
VARY = "Accept-Encoding, Accept-Language, Cookie"


def served(slug: str, position: int, draw: Callable[[bool], ResponseReturnValue]) -> Response:
    """What `draw` gives for this address; for readers who are not signed in, from the cache.

    `draw` is told whether the page is for everybody: the same bytes for every reader of a
    language and theme. Readers who are signed in get a page of their own, never kept. One
    statement tells whether a kept page still holds.
    """
    if is_signed_in() or not _is_cacheable():
        return make_response(draw(False))
    version = version_of(session(), slug=slug, position=position)
    if version is None or version.publication_id is None:
        return make_response(draw(False))
    key = _key()
    try:
        page = pages().page(key, version, lambda: _encoded(draw(True)))
    except _NotForEverybody as found:
        return found.response
    request.environ[MARK] = EverybodysPage(page, key, version, slug, position)
    return respond(page, cache_control=ASK_AGAIN, vary=VARY)


def is_signed_in() -> bool:
    """Whether the reader has signed in on this device; asks the database nothing."""
    name = current_app.config["SESSION_COOKIE_NAME"]
    return name in request.cookies and "_user_id" in cookie


def _is_cacheable() -> bool:
    arguments = request.args
    return CACHED_ARGUMENTS.issuperset(arguments) and all(
        len(value) <= LONGEST_ARGUMENT for value in arguments.values()
    )


def _key() -> tuple[object, ...]:
    arguments = sorted(item for item in request.args.items(multi=True) if item[0] != "lang")
    return (request.root_path, request.path, *arguments, str(get_locale()), select_theme())


class _NotForEverybody(Exception):
    """An answer that is not kept: an error page, a redirect."""

    def __init__(self, response: Response) -> None:
        self.response = response
        super().__init__()


def _encoded(drawn: ResponseReturnValue) -> Encoded:
    response = make_response(drawn)
    if response.status_code != 200:
        raise _NotForEverybody(response)
    return packed(response.get_data(), response.mimetype or "text/html")
