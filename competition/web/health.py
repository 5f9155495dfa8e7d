"""For load balancers: is the process alive, and can it serve."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from competition.guards import public, session
from competition.web.logging import log

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
@public
def healthz() -> Response:
    return jsonify(status="ok")


@blueprint.get("/readyz")
@public
def readyz() -> tuple[Response, int]:
    try:
        session().execute(text("SELECT version_num FROM alembic_version")).one()
    except SQLAlchemyError as error:
        log.error("not_ready", reason=type(error).__name__)
        return jsonify(status="database not ready"), 503
    return jsonify(status="ok"), 200
