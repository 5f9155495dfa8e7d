"""The components: valid HTML, labelled fields, tables that stay tables, no inline code."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from xml.etree import ElementTree as ET

import brotli  # type: ignore[import-untyped]
import html5lib
import pytest
from flask import Flask
from flask.testing import FlaskClient
from jinja2 import nodes

from competition import paths
from tests.web.gallery import make_gallery

PAGES = ["/", "/form", "/score", "/board?rows=12", "/preferences"]
ERRORS = [400, 403, 404, 405, 409, 413, 422, 429, 500, 503]
LABELLED = {"input", "select", "textarea"}


@pytest.fixture
def gallery(tmp_path: Path) -> Flask:
    made = make_gallery(tmp_path)
    made.config["WTF_CSRF_ENABLED"] = False
    return made


@pytest.fixture
def reader(gallery: Flask) -> FlaskClient:
    return gallery.test_client()


def parse(text: str) -> ET.Element:
    """The page, or an exception at the first thing that is not valid."""
    parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
    tree: ET.Element = parser.parse(text)
    return tree


def submitted(reader: FlaskClient) -> ET.Element:
    """The form with every error it can have."""
    return parse(reader.post("/form", data={"email": "captain46"}).text)


def by_class(tree: ET.Element, name: str) -> list[ET.Element]:
    return [item for item in tree.iter() if name in item.get("class", "").split()]


def words(element: ET.Element) -> str:
    return " ".join("".join(element.itertext()).split())


@pytest.mark.parametrize("language", ["en", "zh_Hans"])
@pytest.mark.parametrize("path", [*PAGES, *(f"/errors/{code}" for code in ERRORS)])
def test_parsing_a_page_strictly_finds_valid_html_and_unique_ids(
    reader: FlaskClient, path: str, language: str
) -> None:
    reader.set_cookie("language", language)
    tree = parse(reader.get(path).text)
    ids = [item.get("id", "") for item in tree.iter() if item.get("id")]
    assert sorted(ids) == sorted(set(ids))
    assert [words(item) for item in tree.iter("h1")] != []
    assert len(list(tree.iter("main"))) == len(list(tree.iter("h1"))) == 1


@pytest.mark.parametrize("code", ERRORS)
def test_reading_an_error_page_finds_a_way_out(reader: FlaskClient, code: int) -> None:
    tree = parse(reader.get(f"/errors/{code}").text)
    (main,) = tree.iter("main")
    assert [item.get("href") for item in main.iter("a")] == ["/"]


@pytest.mark.parametrize("path", PAGES)
def test_reading_a_page_finds_no_inline_style_script_or_handler(
    reader: FlaskClient, path: str
) -> None:
    tree = parse(reader.get(path).text)
    inline = [
        (item.tag, name)
        for item in tree.iter()
        for name in item.attrib
        if name == "style" or name.startswith("on")
    ]
    assert inline == []
    assert [item.tag for item in tree.iter("style")] == []
    assert [item.text for item in tree.iter("script") if item.text or not item.get("src")] == []


@pytest.mark.parametrize("path", PAGES)
def test_reading_a_page_finds_a_name_for_every_field_and_target_for_every_reference(
    reader: FlaskClient, path: str
) -> None:
    tree = parse(reader.get(path).text)
    ids = {item.get("id") for item in tree.iter()}
    named = {item.get("for") for item in tree.iter("label")}
    nameless = [
        item.get("name")
        for item in tree.iter()
        if item.tag in LABELLED and item.get("type") != "hidden" and item.get("id") not in named
    ]
    assert nameless == []
    references = [
        target
        for item in tree.iter()
        for attribute in ("for", "aria-describedby", "aria-labelledby", "form")
        for target in item.get(attribute, "").split()
    ]
    assert [target for target in references if target not in ids] == []


def test_submitting_wrong_answers_lists_each_with_a_link_to_its_field(reader: FlaskClient) -> None:
    tree = submitted(reader)
    (summary,) = by_class(tree, "err-summary")
    assert (summary.get("role"), summary.get("tabindex")) == ("alert", "-1")
    links = [(item.get("href"), words(item)) for item in summary.iter("a")]
    ids = {item.get("id") for item in tree.iter()}
    assert [href for href, _text in links if (href or "")[1:] not in ids] == []
    assert ("#email", "Enter the captain’s e-mail address with an @") in links
    assert ("#name", "Captain’s name: This field is required.") in links
    assert ("#kind-0", "Choose a kind") in links
    assert ("#levels-1-low", "Levels 2: From: This field is required.") in links
    assert words(next(summary.iter("h2"))) == f"{len(links) + 1} things to correct"


def test_submitting_wrong_answers_ties_each_error_to_its_field(reader: FlaskClient) -> None:
    tree = submitted(reader)
    wrong = {item.get("id"): item for item in tree.iter() if item.get("aria-invalid") == "true"}
    assert wrong["email"].get("aria-describedby") == "email-hint email-error"
    assert wrong["email"].get("value") == "captain46"
    parents = {child: parent for parent in tree.iter() for child in parent}
    order = [item.get("id") for item in parents[wrong["email"]] if item.get("id")]
    assert order == ["email-hint", "email-error", "email"]
    assert words(next(tree.iter("title"))).startswith("Error: Team members")


def test_opening_a_form_says_in_words_what_is_optional(reader: FlaskClient) -> None:
    tree = parse(reader.get("/form").text)
    labels = {item.get("for"): words(item) for item in tree.iter("label")}
    assert labels["name"] == "Captain’s name"
    assert labels["summary"] == "Summary optional, the team will read it"
    assert labels["report"] == "Report optional"


def test_opening_a_form_sets_what_browsers_fill_in_and_the_language_of_a_field(
    reader: FlaskClient,
) -> None:
    fields = {item.get("id"): item for item in parse(reader.get("/form").text).iter("input")}
    assert fields["password"].get("autocomplete") == "new-password"
    assert fields["title_zh"].get("lang") == "zh-Hans"
    assert fields["size"].get("inputmode") == "numeric"
    assert fields["kind-0"].get("aria-describedby") == "kind-0-hint"


def test_drawing_a_criterion_offers_each_rating_and_marks_the_chosen_level(
    reader: FlaskClient,
) -> None:
    tree = parse(reader.get("/score").text)
    ratings = [item for item in tree.iter("input") if item.get("name") == "rating-1"]
    assert [item.get("value") for item in ratings] == [str(value) for value in range(1, 11)]
    assert [item.get("value") for item in ratings if "checked" in item.attrib] == ["8"]
    chosen = [words(item) for item in by_class(tree, "is-on")]
    assert chosen == ["7–8Clear need, shown with users", "9–10Ready for others to operate"]


def test_drawing_a_fine_scale_offers_a_field_that_keeps_what_is_no_number(
    reader: FlaskClient,
) -> None:
    tree = parse(reader.get("/score").text)
    (field,) = [item for item in tree.iter("input") if item.get("name") == "rating-3"]
    shown = {name: field.get(name) for name in ("type", "inputmode", "value")}
    assert shown == {"type": "text", "inputmode": "decimal", "value": ""}
    (label,) = [item for item in tree.iter("label") if item.get("for") == field.get("id")]
    assert words(label) == "Score from 0 to 10in steps of 0.25"
    assert field.get("aria-invalid") == "true"


@pytest.mark.parametrize("path", ["/", "/board?rows=12"])
def test_drawing_a_table_of_rows_writes_its_roles_out(reader: FlaskClient, path: str) -> None:
    tree = parse(reader.get(path).text)
    tables = [item for item in by_class(tree, "rows") if item.tag == "table"]
    roles = {"tr": {"row"}, "td": {"cell"}, "th": {"columnheader", "rowheader"}}
    assert tables != []
    for table in tables:
        assert table.get("role") == "table"
        wrong = [
            item.tag
            for item in table.iter()
            if item.tag in roles and item.get("role") not in roles[item.tag]
        ]
        assert wrong == []


def test_caching_a_page_for_everybody_leaves_out_forms_tokens_and_names(
    reader: FlaskClient,
) -> None:
    answer = reader.get("/board?rows=3")
    tree = parse(answer.text)
    assert [item.get("method") for item in tree.iter("form")] == ["get"]
    assert "csrf" not in answer.text
    assert "Li Hua" not in answer.text
    assert answer.headers.getlist("Set-Cookie") == []
    assert reader.get("/board?rows=3").data == answer.data


def test_signing_in_shows_the_role_and_a_way_out(reader: FlaskClient) -> None:
    tree = parse(reader.get("/").text)
    mast = by_class(tree, "mast")[0]
    assert "Organizer" in words(mast)
    assert "/sign_out" in [item.get("action") for item in mast.iter("form")]


def test_counting_the_bytes_of_a_ranking_of_100_keeps_within_the_budget(
    reader: FlaskClient,
) -> None:
    text = reader.get("/board?rows=100").text
    tree = parse(text)
    addresses = [item.get("href", "") for item in tree.iter("link")]
    addresses += [item.get("src", "") for item in tree.iter() if item.tag in {"script", "img"}]
    assert len(addresses) + 1 <= 5
    sent = []
    for address in addresses:
        with reader.get(address) as answer:
            sent.append(answer.data)
    assert sum(len(brotli.compress(part)) for part in (text.encode(), *sent)) <= 40_000


def test_calling_a_macro_anywhere_finds_one_of_that_name(gallery: Flask) -> None:
    jinja = gallery.jinja_env
    missing = []

    @cache
    def parsed(name: str) -> nodes.Template:
        assert jinja.loader is not None
        return jinja.parse(jinja.loader.get_source(jinja, name)[0])

    for file in sorted(paths.TEMPLATES.rglob("*.html")):
        tree = parsed(file.relative_to(paths.TEMPLATES).as_posix())
        modules = {
            node.target: parsed(node.template.value)
            for node in tree.find_all(nodes.Import)
            if isinstance(node.template, nodes.Const)
        }
        known = {
            alias: {macro.name for macro in module.find_all(nodes.Macro)}
            for alias, module in modules.items()
        }
        missing += [
            f"{file.name}: {node.node.name}.{node.attr}"
            for node in tree.find_all(nodes.Getattr)
            if isinstance(node.node, nodes.Name) and node.node.name in known
            if node.attr not in known[node.node.name]
        ]
    assert missing == []


def test_listing_the_modules_a_page_loads_finds_each_file() -> None:
    folder = paths.STATIC / "js"
    macros = "".join(file.read_text(encoding="utf-8") for file in paths.TEMPLATES.rglob("*.html"))
    named = set(re.findall(r"js/([a-z-]+)\.js", macros))
    named |= set(re.findall(r'script\("([a-z-]+)"\)', macros))
    for file in folder.glob("*.js"):
        named |= set(re.findall(r'from "\./([a-z-]+)\.js"', file.read_text(encoding="utf-8")))
    assert named - {file.stem for file in folder.glob("*.js")} == set()


def test_writing_fields_avoids_the_classes_that_bootstrap_paints_with_data_images(
    reader: FlaskClient,
) -> None:
    painted = {"form-select", "form-check-input", "is-invalid", "is-valid", "btn-close"}
    trees = [submitted(reader), *(parse(reader.get(path).text) for path in PAGES)]
    used = {
        name for tree in trees for item in tree.iter() for name in item.get("class", "").split()
    }
    assert used & painted == set()
