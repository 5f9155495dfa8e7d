"""Several requests' worth of work at the same instant, each in a transaction of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Any

from flask import Flask
from sqlalchemy.orm import Session

from competition.errors import DomainError
from competition.extensions import db
from competition.guards import transaction
from tests.support.client import settle

WAIT_SECONDS = 60


def race(app: Flask, works: Sequence[Callable[[Session], Any]]) -> list[Any]:
    """What each work returned, or the domain error that refused it; others are raised here."""
    settle(app)
    outcomes: list[Any] = [None] * len(works)
    at_once = threading.Barrier(len(works))

    def run(place: int) -> None:
        with app.app_context():
            try:
                at_once.wait(WAIT_SECONDS)
                with transaction() as session:
                    outcomes[place] = works[place](session)
            except Exception as error:  # raised in the test’s own thread
                outcomes[place] = error
            finally:
                db.session.remove()

    threads = [threading.Thread(target=run, args=(place,)) for place in range(len(works))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(WAIT_SECONDS)
    for outcome in outcomes:
        if isinstance(outcome, Exception) and not isinstance(outcome, DomainError):
            raise outcome
    return outcomes
