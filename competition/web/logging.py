"""Log lines with request ids: no passwords, tokens or scores."""

from __future__ import annotations

import logging
import re
import secrets
import sys
import time

import structlog
from flask import Flask, Response, g, request

REQUEST_ID = re.compile(r"[A-Za-z0-9-]{8,40}")
SECRET_PATH = re.compile(r"^/link/[^/]+")

log = structlog.get_logger("competition")


def register(app: Flask) -> None:
    settings = app.config["SETTINGS"]
    configure(settings.log_format, quiet=settings.env == "testing")
    app.before_request(begin)
    app.after_request(end)


def configure(log_format: str, *, quiet: bool) -> None:
    renderer: structlog.typing.Processor = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if log_format == "json"
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(
            logging.CRITICAL if quiet else logging.INFO
        ),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )


def begin() -> None:
    g.request_id = request_id_from(request.headers.get("X-Request-ID", ""))
    g.began = time.perf_counter()


def request_id_from(given: str) -> str:
    """The id that a proxy gave the request, or a new one."""
    return given if REQUEST_ID.fullmatch(given) else secrets.token_hex(8)


def end(response: Response) -> Response:
    response.headers["X-Request-ID"] = g.get("request_id", "")
    if request.endpoint not in {"static", "bootstrap.static", "health.healthz"}:
        log_request(
            request_id=g.get("request_id", ""),
            method=request.method,
            path=SECRET_PATH.sub("/link/…", request.path),
            status=response.status_code,
            began=g.get("began", time.perf_counter()),
        )
    return response


def log_request(*, request_id: str, method: str, path: str, status: int, began: float) -> None:
    """One line for one answered request; `began` as `time.perf_counter` tells it."""
    log.info(
        "request",
        request_id=request_id,
        method=method,
        path=path,
        status=status,
        ms=round((time.perf_counter() - began) * 1000, 1),
    )
