"""Every page that a visitor can come to by following links: sound, whole, and changing nothing."""

from __future__ import annotations

import re
from collections.abc import Mapping

import html5lib
import pytest

from tests.security.answers import Answer
from tests.security.crawling import Visit, kind_of
from tests.security.visiting import Site

HEADINGS = re.compile(r"<h1[\s>]")
INLINE = re.compile(r"<[^>]+\s(?:style|on[a-z]+)=|<style|<script(?![^>]*\ssrc=)")
FORM = re.compile(r"<form\b[^>]*\bmethod=\"post\".*?</form>", re.DOTALL | re.IGNORECASE)
HIDDEN = re.compile(r"<(script|style|svg|textarea)\b.*?</\1>", re.DOTALL)
TAG = re.compile(r"<[^>]*>")
PLACEHOLDER = re.compile(
    r"%\(\w*|%%|%[sd]\b|\bNone\b(?! known| ticked| fits)|\bUndefined\b|&lt;LocalText|LocalText\("
)


LEAST = {
    "anonymous": 6,
    "organizer": 40,
    "committee": 20,
    "observer": 15,
    "judge": 8,
    "captain": 12,
}
"""Pages that must be reached at least, or links are missing."""


@pytest.mark.parametrize("visitor", LEAST)
def test_following_every_link_finds_sound_pages(visits: Mapping[str, Visit], visitor: str) -> None:
    visit = visits[visitor]
    assert len(visit.pages) >= LEAST[visitor]
    wrong = [f"{item.address}: {problem}" for item in visit.answers for problem in _problems(item)]
    assert wrong == []


def _problems(item: Answer) -> list[str]:
    problems = []
    if item.status not in {200, 302, 303}:
        problems.append(f"status {item.status}")
    if not item.is_page or item.status != 200:
        return problems
    text = item.text
    if len(HEADINGS.findall(text)) != 1:
        problems.append("not one h1")
    problems += [f"inline: {found[:60]}" for found in INLINE.findall(text)]
    words = TAG.sub(" ", HIDDEN.sub(" ", text))
    problems += [f"placeholder: {found}" for found in PLACEHOLDER.findall(words)]
    problems += [
        "a form without token" for form in FORM.findall(text) if 'name="csrf_token"' not in form
    ]
    return problems


def test_parsing_a_page_of_each_kind_finds_valid_html(visits: Mapping[str, Visit]) -> None:
    parser = html5lib.HTMLParser(strict=True)
    kinds: dict[str, Answer] = {}
    for visitor in ("organizer", "judge", "captain", "anonymous"):
        for item in visits[visitor].pages:
            kinds.setdefault(kind_of(item.address.partition("?")[0]), item)
    assert len(kinds) > 40
    for item in kinds.values():
        try:
            parser.parse(item.text)
        except html5lib.html5parser.ParseError as error:
            pytest.fail(f"{item.address}: {error}")


def test_reading_everything_changes_no_row(site: Site, visits: Mapping[str, Visit]) -> None:
    assert sum(len(visit.answers) for visit in visits.values()) > 200
    assert site.changed() == []
