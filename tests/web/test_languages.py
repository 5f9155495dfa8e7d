"""Every message in the language of its reader, whatever was read before in the process."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from flask import Flask, render_template_string
from flask.testing import FlaskClient
from flask_babel import Domain, force_locale, gettext, lazy_gettext, ngettext, refresh

from competition.web.formats import current_locale

LAZY = lazy_gettext("Results")
ENGLISH, CHINESE = "Results", "结果"
WAYS: dict[str, Callable[[], str]] = {
    "at once": lambda: gettext("Results"),
    "lazily": lambda: str(LAZY),
    "in a template": lambda: render_template_string("{{ _('Results') }}"),
    "by name in a template": lambda: render_template_string("{{ gettext('Results') }}"),
    "as a block": lambda: render_template_string("{% trans %}Results{% endtrans %}"),
    "lazily in a template": lambda: render_template_string("{{ text }}", text=LAZY),
}


@pytest.fixture(params=WAYS)
def way(request: pytest.FixtureRequest) -> Callable[[], str]:
    return WAYS[request.param]


def reading(app: Flask, language: str) -> Any:
    return app.test_request_context(f"/?lang={language}")


def test_reading_in_one_language_after_the_other_gives_each_its_own_words(
    app: Flask, way: Callable[[], str]
) -> None:
    found = []
    for language in ("en", "zh_Hans", "en", "zh_Hans"):
        with reading(app, language):
            found += [way(), way()]
    assert found == 2 * [ENGLISH, ENGLISH, CHINESE, CHINESE]


def test_forcing_another_language_lasts_as_long_as_it_is_forced(
    app: Flask, way: Callable[[], str]
) -> None:
    with reading(app, "zh_Hans"):
        found = [way()]
        with force_locale("en"):
            found.append(way())
            with force_locale("zh_Hans"):
                found.append(way())
            found.append(way())
        found.append(way())
    assert found == [CHINESE, ENGLISH, CHINESE, ENGLISH, CHINESE]


def test_forcing_a_language_before_anything_was_read_leaves_the_reader_their_own(
    app: Flask, way: Callable[[], str]
) -> None:
    with reading(app, "zh_Hans"):
        with force_locale("en"):
            assert way() == ENGLISH
        assert (way(), str(current_locale())) == (CHINESE, "zh_Hans")


def test_choosing_a_language_anew_within_a_request_counts_from_then_on(
    app: Flask, way: Callable[[], str]
) -> None:
    with reading(app, "zh_Hans") as context:
        assert way() == CHINESE
        context.request.args = {"lang": "en"}
        assert way() == CHINESE
        refresh()
        assert way() == ENGLISH


def test_reading_in_both_languages_at_the_same_time_mixes_nothing(
    app: Flask, way: Callable[[], str]
) -> None:
    readers = 8
    together = Barrier(readers)

    def read(number: int) -> set[str]:
        with reading(app, "zh_Hans" if number % 2 else "en"):
            together.wait()
            return {way() for _ in range(20)}

    with ThreadPoolExecutor(readers) as pool:
        found = list(pool.map(read, range(readers)))
    assert found == [{ENGLISH}, {CHINESE}] * (readers // 2)


def test_counting_takes_the_form_and_the_language(app: Flask) -> None:
    source = "{{ ngettext('%(num)s team', '%(num)s teams', number) }}"
    found = []
    for language in ("en", "zh_Hans"):
        with reading(app, language):
            found += [render_template_string(source, number=number) for number in (1, 2)]
            found += [ngettext("%(num)s team", "%(num)s teams", number) for number in (1, 2)]
    assert found == 2 * ["1 team", "2 teams"] + 2 * ["1 支队伍", "2 支队伍"]


def test_writing_what_a_reader_gave_into_a_message_escapes_it(app: Flask) -> None:
    source = "{{ _('%(name)s & more', name='<b>') }}"
    with reading(app, "en"):
        assert render_template_string(source) == "&lt;b&gt; & more"


def test_reading_outside_of_an_application_leaves_the_message_as_it_is(app: Flask) -> None:
    with reading(app, "zh_Hans"):
        assert gettext("Results") == CHINESE
    assert gettext("Results") == ENGLISH
    assert app.jinja_env.from_string("{{ _('Results') }}").render() == ENGLISH


def test_showing_a_page_looks_for_the_catalogue_once(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks: list[Domain] = []
    look = Domain.get_translations

    def counted(self: Domain) -> Any:
        looks.append(self)
        return look(self)

    monkeypatch.setattr(Domain, "get_translations", counted)
    assert "跟随设备" in client.get("/?lang=zh_Hans").text
    assert len(looks) == 1
