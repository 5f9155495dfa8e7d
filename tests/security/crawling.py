"""Following every link of the site as one kind of visitor."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from html import unescape
from urllib.parse import urljoin, urlsplit

from tests.security.answers import Answer
from tests.security.visiting import Site

LINK = re.compile(r'(?:href|src)="([^"]*)"')
HOME = "http://localhost/"
NUMBERS = re.compile(r"\d+")
OF_A_KIND = 3
"""Pages that differ by numbers alone; the world has three rounds, teams and entries."""
MOST = 400
"""More addresses than this would be a page that makes up links without end."""


@dataclass
class Visit:
    """All that one visitor came to see."""

    answers: list[Answer] = field(default_factory=list)

    @property
    def pages(self) -> list[Answer]:
        return [item for item in self.answers if item.is_page]

    def holding(self, *texts: str) -> list[str]:
        """Where one of the texts can be read."""
        return [
            f"{item.address}: {text}"
            for item in self.answers
            for everything in [item.everything()]
            for text in texts
            if text in everything
        ]


def crawl(site: Site, visitor: str) -> Visit:
    """Everything that links lead to, from the front page and the competitions on."""
    found, waiting, seen = Visit(), ["/", "/c/alpha", "/c/alpha/results/1"], set[str]()
    client = site.client(visitor)
    kinds: Counter[str] = Counter()
    while waiting:
        address = waiting.pop(0)
        if address in seen or kinds[kind_of(address)] >= OF_A_KIND:
            continue
        seen.add(address)
        kinds[kind_of(address)] += 1
        if len(seen) > MOST:
            raise AssertionError(f"{visitor}: more than {MOST} addresses, at last {address}")
        with client.get(address) as response:
            answer = site.keep(visitor, Answer.of(address, response))
        found.answers.append(answer)
        waiting += _links(answer)
    return found


def kind_of(address: str) -> str:
    """The address without what tells one thing of a kind from another."""
    path, _, query = address.partition("?")
    names = sorted(part.partition("=")[0] for part in query.split("&"))
    return f"{NUMBERS.sub('0', path)}?{names}"


def _links(answer: Answer) -> list[str]:
    found = answer.leads_to
    if answer.is_page:
        found += [unescape(item) for item in LINK.findall(answer.text)]
    here = HOME + answer.address.lstrip("/")
    whole = (urlsplit(urljoin(here, item)) for item in dict.fromkeys(found))
    return [
        parts.path + (f"?{parts.query}" if parts.query else "")
        for parts in whole
        if parts.netloc == "localhost" and not _is_skipped(parts.path, parts.query)
    ]


def _is_skipped(path: str, query: str) -> bool:
    """What is the same for everybody or in every competition, or a page in another language."""
    is_empty = path.startswith("/c/hidden/") or "/template." in path
    return (
        is_empty or "/static/" in path or path == "/sign-in" or "lang=" in query or "next=" in query
    )
