"""A page as its readers meet it: headings, texts, links, and what forms hold."""

from __future__ import annotations

from collections.abc import Iterator
from html.parser import HTMLParser
from xml.etree.ElementTree import Element, TreeBuilder

from werkzeug.test import TestResponse

VOID = frozenset("area base br col embed hr img input link meta source track wbr".split())
"""Elements that are never closed."""


class _Reader(HTMLParser):
    """Builds the tree of a page in which everything that is opened is closed, in the right order.

    html5lib, which mends a page as a browser would, takes three times as long. It reads every page
    strictly where the house is crawled (tests/security) and in the tests of the components.
    """

    def __init__(self) -> None:
        super().__init__()
        self._tree = TreeBuilder()
        self._open: list[str] = []
        self._is_new = False

    def read(self, source: str) -> Element:
        self.feed(source)
        self.close()
        assert not self._open, f"never closed: {self._open}"
        return self._tree.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        is_drawn = tag == "svg" or "svg" in self._open  # a title in there is none of the page
        self._tree.start(
            f"svg:{tag}" if is_drawn else tag, {name: value or "" for name, value in attrs}
        )
        if tag in VOID:
            self._tree.end(tag)
        else:
            self._open.append(tag)
        self._is_new = tag in {"textarea", "pre"}

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:  # a shape of a picture
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        opened = self._open.pop() if self._open else None
        assert opened == tag, f"</{tag}> closes {opened} at {self.getpos()}"
        self._tree.end(tag)
        self._is_new = False

    def handle_data(self, data: str) -> None:
        if self._open:  # the rest stands outside of the page
            self._tree.data(data.removeprefix("\n") if self._is_new else data)
            self._is_new = False


class Page:
    """The parsed page of an answer; texts have single spaces."""

    def __init__(self, answer: TestResponse) -> None:
        self.status = answer.status_code
        self._root = read_page(answer.text)

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
            step, _hash, wanted_id = step.partition("#")
            tag, *classes = step.split(".")
            inside = (
                item for start in found for item in start.iter(tag or None) if item is not start
            )
            found = list(dict.fromkeys(item for item in inside if _fits(item, classes, wanted_id)))
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


def read_page(source: str) -> Element:
    """The tree of a page; an AssertionError where something is closed wrongly or not at all."""
    return _Reader().read(source)


def _text(item: Element) -> str:
    return " ".join("".join(item.itertext()).split())


def _fits(item: Element, classes: list[str], wanted_id: str) -> bool:
    own = item.get("class", "").split() if classes else []
    return all(name in own for name in classes) and (not wanted_id or item.get("id") == wanted_id)
