"""Colours: every pair in use has the contrast that WCAG 2.2 AA asks for, in light and dark."""

from __future__ import annotations

import re

import pytest

from competition import paths

TOKENS = (paths.STATIC / "tokens.css").read_text(encoding="utf-8")
TEXT, MARK = 4.5, 3.0
PAIRS = [
    *((name, "paper", TEXT) for name in ("ink", "ink-2", "ink-3", "accent", "chart-axis")),
    *((name, "paper", TEXT) for name in ("good", "warn", "bad", "chart-down", "chart-cut")),
    *((name, "sunken", TEXT) for name in ("ink", "ink-2", "ink-3")),
    *((name, "surface", TEXT) for name in ("ink", "ink-3")),
    *((name, "accent-tint", TEXT) for name in ("ink", "ink-2", "accent", "accent-strong")),
    *(("on-accent", ground, TEXT) for ground in ("accent", "accent-strong")),
    *((tone, f"{tone}-tint", TEXT) for tone in ("good", "warn", "bad")),
    *(("ink", ground, TEXT) for ground in ("warn-tint", "bad-tint")),
    *(("control", ground, MARK) for ground in ("paper", "surface")),
    *((name, "paper", MARK) for name in ("chart-mark", "chart-quiet")),
    *((f"tier-{place}", "paper", MARK) for place in range(4)),
]


def block(start: str) -> dict[str, str]:
    """The colours between a selector and the end of its rule."""
    at = TOKENS.index(start) + len(start)
    return dict(re.findall(r"--([\w-]+):\s*(#[0-9a-f]{6})", TOKENS[at : TOKENS.index("}", at)]))


LIGHT = block('[data-bs-theme="light"] {')
DARK = block('[data-bs-theme="dark"] {')
AUTO = block('[data-bs-theme="auto"] {')


def luminance(colour: str) -> float:
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4
        for channel in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def test_comparing_black_and_white_gives_the_greatest_contrast() -> None:
    assert round(contrast("#000000", "#ffffff"), 2) == 21.0


@pytest.mark.parametrize(("theme", "colours"), [("light", LIGHT), ("dark", DARK)])
def test_comparing_every_pair_in_use_finds_enough_contrast(
    theme: str, colours: dict[str, str]
) -> None:
    weak = [
        f"{front} on {ground}: {contrast(colours[front], colours[ground]):.2f} < {needed}"
        for front, ground, needed in PAIRS
        if contrast(colours[front], colours[ground]) < needed
    ]
    assert weak == []


def test_following_the_device_gives_the_same_dark_as_choosing_it() -> None:
    assert AUTO == DARK
    assert LIGHT.keys() == DARK.keys()


def test_reading_the_style_sheets_finds_colours_in_the_tokens_only() -> None:
    named = [
        f"{sheet.name}: {colour}"
        for sheet in sorted(paths.STATIC.glob("*.css"))
        if sheet.name != "tokens.css"
        for colour in re.findall(
            r"#[0-9a-f]{3,8}\b|\b(?:rgb|hsl)a?\(", sheet.read_text(encoding="utf-8")
        )
    ]
    assert named == []


def test_reading_the_style_sheets_finds_every_token_they_name() -> None:
    known = set(re.findall(r"(--[\w-]+)\s*:", TOKENS))
    unknown = {
        name
        for sheet in paths.STATIC.glob("*.css")
        for name in re.findall(r"var\((--[\w-]+)", sheet.read_text(encoding="utf-8"))
        if name not in known and not name.startswith("--bs-")
    }
    assert unknown == set()


def test_reading_the_style_sheets_finds_no_picture_in_an_address() -> None:
    sheets = "".join(file.read_text(encoding="utf-8") for file in paths.STATIC.glob("*.css"))
    assert re.findall(r"url\([^)]*\)|@import", sheets) == []
