"""Error pages: drawn once for a language and a theme, and each with the id of its request."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

NOWHERE = "/nowhere"


def words(answer: TestResponse) -> str:
    """The page without what differs from request to request."""
    own = answer.headers["X-Request-ID"]
    assert answer.text.count(own) == 1
    return answer.text.replace(own, "")


def test_asking_again_for_what_is_not_there_gives_the_same_page_with_its_own_id(
    client: FlaskClient,
) -> None:
    first, second = client.get(NOWHERE), client.get(NOWHERE)
    assert (first.status_code, second.status_code) == (404, 404)
    assert first.headers["X-Request-ID"] != second.headers["X-Request-ID"]
    assert words(first) == words(second)
    assert list(first.headers.keys()) == list(second.headers.keys())


@pytest.mark.parametrize("cookie", [("language", "zh_Hans"), ("theme", "dark")])
def test_choosing_a_language_or_a_theme_gives_another_page_and_leaves_the_first(
    client: FlaskClient, cookie: tuple[str, str]
) -> None:
    usual = words(client.get(NOWHERE))
    client.set_cookie(*cookie)
    chosen = words(client.get(NOWHERE))
    client.delete_cookie(cookie[0])
    assert chosen != usual
    assert words(client.get(NOWHERE)) == usual


def test_refusing_for_a_reason_says_it_on_that_page_alone(client: FlaskClient) -> None:
    plain = words(client.get("/?q=%00"))
    expired = words(client.post("/sign-in", csrf=False))
    assert (client.get("/?q=%00").status_code, plain == expired) == (400, False)
    assert words(client.get("/?q=%00")) == plain


def test_serving_below_another_path_leads_to_its_own_front_page(client: FlaskClient) -> None:
    below = words(client.get(NOWHERE, base_url="http://localhost/judging"))
    assert 'href="/judging/"' in below
    assert 'href="/judging/"' not in words(client.get(NOWHERE))
