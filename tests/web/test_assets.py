"""Static files: compressed, addressed by their content, and Bootstrap without what is not used."""

from __future__ import annotations

import gzip
import re

import brotli  # type: ignore[import-untyped]
import pytest
from flask import Flask, url_for
from flask.testing import FlaskClient

from competition.web.stylesheet import Words, trimmed

SHEETS = ("css/bootstrap.min.css",)


def address(app: Flask, name: str, endpoint: str = "static") -> str:
    with app.test_request_context():
        return url_for(endpoint, filename=name)


def test_naming_a_file_puts_its_content_into_the_address(app: Flask) -> None:
    assert re.fullmatch(r"/static/app\.css\?v=[0-9a-f]{8}", address(app, "app.css"))


def test_asking_by_the_full_address_lets_the_browser_keep_the_file(
    app: Flask, client: FlaskClient
) -> None:
    named = client.get(address(app, "app.css"))
    plain = client.get("/static/app.css?v=00000000")
    assert named.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert plain.headers["Cache-Control"] == "no-cache"
    assert named.data == plain.data


@pytest.mark.parametrize("name", ["app.css", "tokens.css", "mark.svg", "js/score-form.js"])
def test_asking_for_an_encoding_sends_the_same_file_in_it(client: FlaskClient, name: str) -> None:
    plain = client.get(f"/static/{name}")
    small = client.get(f"/static/{name}", headers={"Accept-Encoding": "br"})
    zipped = client.get(f"/static/{name}", headers={"Accept-Encoding": "gzip"})
    assert plain.headers["Vary"] == "Accept-Encoding"
    assert brotli.decompress(small.data) == plain.data
    assert gzip.decompress(zipped.data) == plain.data
    assert small.headers["Content-Type"] == plain.headers["Content-Type"]


def test_asking_with_the_tag_answers_304(client: FlaskClient) -> None:
    tag = client.get("/static/app.css").headers["ETag"]
    assert client.get("/static/app.css", headers={"If-None-Match": tag}).status_code == 304


@pytest.mark.parametrize(
    "path", ["nothing.css", "../app.py", "..%2fapp.py", "js/../../app.py", "js", ""]
)
def test_asking_for_what_is_no_file_of_ours_answers_404(client: FlaskClient, path: str) -> None:
    assert client.get(f"/static/{path}").status_code == 404


def test_serving_bootstrap_leaves_out_what_no_page_contains(
    app: Flask, client: FlaskClient
) -> None:
    css = client.get(address(app, SHEETS[0], "bootstrap.static")).get_data(as_text=True)
    assert len(css) < 60_000
    for kept in (".btn-primary", ".form-control", ".visually-hidden", ":root"):
        assert kept in css
    for gone in (".carousel", ".offcanvas", ".spinner-border", ".toast"):
        assert gone not in css
    assert css.count("{") == css.count("}")


def test_trimming_keeps_rules_by_their_classes() -> None:
    css = (
        '@charset "UTF-8";:root{--a:1}.btn{x:1}.btn-primary,.card{x:2}.btn:not(.card){x:3}'
        "@media (min-width:1px){.card{x:4}.btn:hover{x:5}}@media print{.card{x:6}}"
        "@keyframes k{0%{x:7}to{x:8}}a[href$='.card,']{x:9}h1.card>p{x:10}"
    )
    words = Words(frozenset({"btn"}), ("btn-",))
    assert trimmed(css, words) == (
        '@charset "UTF-8";:root{--a:1}.btn{x:1}.btn-primary{x:2}.btn:not(.card){x:3}'
        "@media (min-width:1px){.btn:hover{x:5}}"
        "@keyframes k{0%{x:7}to{x:8}}"
    )
