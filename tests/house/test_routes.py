"""Every door has a guard, and every change goes through the one place that commits."""

from __future__ import annotations

from flask import Flask

UNSAFE = {"POST", "PUT", "PATCH", "DELETE"}
GUARDS = {"public", "signed_in"}


def routes(app: Flask) -> dict[str, set[str]]:
    """Methods by endpoint, without the files that Flask itself serves."""
    found: dict[str, set[str]] = {}
    for rule in app.url_map.iter_rules():
        if not rule.endpoint.endswith("static"):
            found.setdefault(rule.endpoint, set()).update(rule.methods or ())
    return found


def test_opening_any_route_asks_a_guard(app: Flask) -> None:
    found = routes(app)
    assert len(found) > 10
    unguarded = [
        endpoint
        for endpoint in found
        if getattr(app.view_functions[endpoint], "__guard__", None) not in GUARDS
    ]
    assert unguarded == []


def test_changing_anything_goes_through_writes(app: Flask) -> None:
    loose = [
        endpoint
        for endpoint, methods in routes(app).items()
        if methods & UNSAFE and not getattr(app.view_functions[endpoint], "__writes__", False)
    ]
    assert loose == []


def test_reading_alone_never_asks_to_write(app: Flask) -> None:
    eager = [
        endpoint
        for endpoint, methods in routes(app).items()
        if not methods & UNSAFE and getattr(app.view_functions[endpoint], "__writes__", False)
    ]
    assert eager == []
