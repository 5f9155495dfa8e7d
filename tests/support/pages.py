"""A page as its readers meet it: headings, texts, links, and what forms hold."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree.ElementTree import Element

import html5lib
from werkzeug.test import TestResponse


class Page:
    """The parsed page of an answer; texts have single spaces."""

    def __init__(self, answer: TestResponse) -> None:
        self.status = answer.status_code
        self._root: Element = html5lib.parse(answer.text, namespaceHTMLElements=False)

    @property
    def heading(self) -> str:
        [heading] = self.texts("h1")
        return heading

    @property
    def title(self) -> str:
        [title] = self.texts("title")
        return title

    def find(self, selector: str) -> list[Element]:
        """Elements by a selector of tags, classes and ids, like `main .findings p`."""
        found = [self._root]
        for step in selector.split():
            inside = (item for start in found for item in start.iter() if item is not start)
            found = list(dict.fromkeys(item for item in inside if _fits(item, step)))
        return found

    def texts(self, selector: str) -> list[str]:
        return [_text(item) for item in self.find(selector)]

    def links(self, text: str) -> list[str]:
        """Where the links of that text lead."""
        return [item.get("href", "") for item in self.find("a") if _text(item) == text]

    @property
    def errors(self) -> list[str]:
        """What the error summary lists."""
        return self.texts(".err-summary li")

    @property
    def fields(self) -> dict[str, str]:
        """The names of all fields of the page's forms with what they hold; not the token."""
        return {name: value for name, value in self._fields() if name != "csrf_token"}

    def _fields(self) -> Iterator[tuple[str, str]]:
        for item in self.find("main input"):
            is_chosen = item.get("type") not in {"checkbox", "radio"} or "checked" in item.attrib
            if is_chosen and item.get("name"):
                yield item.get("name", ""), item.get("value", "")
        for item in self.find("main textarea"):
            yield item.get("name", ""), "".join(item.itertext())
        for item in self.find("main select"):
            options = list(item.iter("option"))
            chosen = [option for option in options if "selected" in option.attrib] or options[:1]
            for option in chosen:
                yield item.get("name", ""), option.get("value", "")


def page(answer: TestResponse) -> Page:
    return Page(answer)


def _text(item: Element) -> str:
    return " ".join("".join(item.itertext()).split())


def _fits(item: Element, step: str) -> bool:
    step, _hash, wanted_id = step.partition("#")
    tag, *classes = step.split(".")
    own = item.get("class", "").split()
    return (
        (not tag or item.tag == tag)
        and all(name in own for name in classes)
        and (not wanted_id or item.get("id") == wanted_id)
    )
