"""Who is asking, and the only place that commits.

Every route carries one of `public` and `signed_in`; every unsafe one `writes` as well. Finer
rules are the permission table's, asked by services.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import wraps
from typing import Any, TypeVar, cast

from flask import current_app, g, make_response, request
from flask_login import current_user
from sqlalchemy.orm import Session

from competition.extensions import db, login_manager, write_intent
from competition.policies import ANONYMOUS, Actor, Origin
from competition.queries.people import actor_of

View = TypeVar("View", bound=Callable[..., Any])


def public(view: View) -> View:
    """Anyone may open this page; what it shows may still depend on who asks."""
    view.__guard__ = "public"  # type: ignore[attr-defined]
    return view


def signed_in(view: View) -> View:
    """Only somebody signed in; others are led to the sign-in page and back."""

    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        if not current_user.is_authenticated:
            return login_manager.unauthorized()
        return view(*args, **kwargs)

    guarded.__guard__ = "signed_in"  # type: ignore[attr-defined]
    return cast(View, guarded)


def writes(view: View) -> View:
    """Commit what the view did if it succeeded, undo all of it if not.

    A response of status 400 or above counts as failure, so a form shown again with errors
    leaves nothing behind.
    """

    @wraps(view)
    def writing(*args: Any, **kwargs: Any) -> Any:
        actor()  # read outside, so that the write transaction stays short
        with transaction() as session:
            response = make_response(view(*args, **kwargs))
            if response.status_code >= 400:
                session.rollback()
        return response

    writing.__writes__ = True  # type: ignore[attr-defined]
    return cast(View, writing)


@contextmanager
def transaction() -> Iterator[Session]:
    """A transaction that may write: committed at the end, rolled back on any exception."""
    session = cast(Session, db.session)
    session.rollback()  # a read transaction cannot be turned into a writing one
    with write_intent():
        try:
            yield session
            session.commit()
        except BaseException:
            session.rollback()
            raise


def keep() -> None:
    """Commit what must stay although the page will say no, such as a failed attempt."""
    cast(Session, db.session).commit()


@contextmanager
def outside_transaction() -> Iterator[None]:
    """End the transaction for slow work (hashing, files); the next statement begins a new one."""
    cast(Session, db.session).rollback()
    yield


def now() -> datetime:
    """The instant of this request: read once, when the whole request had arrived."""
    if "now" not in g:
        g.now = datetime.now(UTC)
    return cast(datetime, g.now)


def origin() -> Origin:
    return Origin(address=request.remote_addr or "", request_id=g.get("request_id", ""))


def actor() -> Actor:
    """Who is asking, with roles; read once a request."""
    if "actor" not in g:
        visitor = current_user._get_current_object()  # once, not with every attribute
        known = actor_of(session(), visitor) if visitor.is_authenticated else ANONYMOUS
        g.actor = known.from_(origin())
    return cast(Actor, g.actor)


def session() -> Session:
    """The database session of this request."""
    return cast(Session, db.session())


def setting(name: str) -> Any:
    """A value of `Settings` of the running application."""
    return getattr(current_app.config["SETTINGS"], name)
