"""Numbers, days and times in words, in both languages."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from flask import Flask
from flask_babel import force_locale
from markupsafe import Markup

from competition.models import LocalText
from competition.web import formats
from tests.web.gallery import make_gallery

MINUS = "\u2212"
CLOSES = datetime(2026, 11, 24, 16, 0, tzinfo=UTC)


@pytest.fixture(params=["en"])
def language(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    gallery: Flask = make_gallery(tmp_path)
    with gallery.test_request_context(), force_locale(request.param):
        formats.use_zone("Asia/Shanghai")
        yield request.param


chinese = pytest.mark.parametrize("language", ["zh_Hans"], indirect=True)
both = pytest.mark.parametrize("language", ["en", "zh_Hans"], indirect=True)


@pytest.mark.parametrize(
    ("value", "places", "text"),
    [
        (Decimal("79.625"), 2, "79.63"),
        (Decimal("2.675"), 2, "2.68"),
        (2.675, 2, "2.68"),
        (0.1 + 0.2, 2, "0.30"),
        (Decimal("-1.644"), 2, f"{MINUS}1.64"),
        (Decimal("-0.004"), 2, "0.00"),
        (Decimal("1E+2"), 2, "100.00"),
        (8, 0, "8"),
        (None, 2, "–"),
        (float("nan"), 2, "–"),
        (float("inf"), 2, "–"),
    ],
)
def test_writing_a_score_rounds_half_up_with_a_true_minus(
    value: Decimal | float | None, places: int, text: str
) -> None:
    assert formats.score(value, places) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Decimal("3.25"), "+3.25"),
        (Decimal("-1.64"), f"{MINUS}1.64"),
        (Decimal("-0.001"), "0.00"),
        (None, "–"),
    ],
)
def test_writing_a_difference_shows_its_sign_except_for_zero(
    value: Decimal | None, text: str
) -> None:
    assert formats.signed(value) == text


@both
def test_writing_a_percentage_keeps_number_and_sign_together(language: str) -> None:
    shown = [
        formats.percent(Decimal("0.2")),
        formats.percent(20, of=100),
        formats.percent(2, of=3, places=1),
        formats.percent(1, of=0),
    ]
    assert shown == ["20\u00a0%", "20\u00a0%", "66.7\u00a0%", "–"]


def test_writing_a_range_of_ranks_joins_two_and_shows_one_alone() -> None:
    assert [formats.ranks(3, 7), formats.ranks(3, 3), formats.ranks(3), formats.ranks(None)] == [
        "3–7",
        "3",
        "3",
        "–",
    ]


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (1, "1 byte"),
        (999, "999 bytes"),
        (1000, "1\u00a0kB"),
        (999_499, "999\u00a0kB"),
        (999_500, "1.0\u00a0MB"),
        (4_100_000, "4.1\u00a0MB"),
        (24_900_000_000, "24.9\u00a0GB"),
        (10**16, "10000.0\u00a0TB"),
    ],
)
def test_writing_a_size_uses_decimal_units(language: str, size: int, text: str) -> None:
    assert formats.filesize(size) == text


def test_grouping_a_digest_gives_eight_characters_at_a_time() -> None:
    assert formats.hash_groups("9f2c41d70be8a65377") == "9f2c41d7 0be8a653 77"


def test_grouping_thousands_follows_the_language(language: str) -> None:
    assert formats.number(1234567) == "1,234,567"
    assert formats.number(Decimal("-2.50")) == f"{MINUS}2.5"
    assert formats.number(Decimal("1E+3")) == "1,000"


def test_closing_at_midnight_reads_24_00_of_the_day_before_in_english(language: str) -> None:
    shown = formats.deadline(CLOSES)
    assert shown == "Tuesday 24 November 2026, 24:00, Shanghai time (UTC+8)"


@chinese
def test_closing_at_midnight_reads_24_00_of_the_day_before_in_chinese(language: str) -> None:
    assert formats.deadline(CLOSES) == "2026 年 11 月 24 日（星期二）24:00，北京时间（UTC+8）"


def test_beginning_at_midnight_reads_00_00_of_the_day_itself(language: str) -> None:
    shown = formats.deadline(CLOSES, closing=False)
    assert shown == "Wednesday 25 November 2026, 00:00, Shanghai time (UTC+8)"


def test_closing_at_the_last_second_of_a_day_shows_the_seconds(language: str) -> None:
    shown = formats.deadline(CLOSES - timedelta(seconds=1))
    assert shown == "Tuesday 24 November 2026, 23:59:59, Shanghai time (UTC+8)"


def test_showing_a_deadline_in_another_zone_uses_the_offset_of_that_season(language: str) -> None:
    summer = datetime(2026, 7, 1, 16, 0, tzinfo=UTC)
    assert [formats.deadline(item, "America/New_York") for item in (CLOSES, summer)] == [
        f"Tuesday 24 November 2026, 11:00, New York time (UTC{MINUS}5)",
        f"Wednesday 1 July 2026, 12:00, New York time (UTC{MINUS}4)",
    ]


def test_naming_a_zone_of_half_hours_shows_the_minutes(language: str) -> None:
    assert formats.zone_name("Asia/Kolkata") == "Kolkata time (UTC+5:30)"
    assert formats.zone_name("UTC") == "UTC"


def test_showing_a_day_takes_it_from_the_competitions_zone(language: str) -> None:
    assert formats.day(CLOSES) == "25 November 2026"
    assert formats.day(date(2026, 11, 24)) == "24 November 2026"
    assert formats.day(CLOSES, style="short") == "25 Nov"


@chinese
def test_showing_a_day_in_chinese_parts_numbers_from_characters(language: str) -> None:
    assert formats.day(CLOSES) == "2026 年 11 月 25 日"
    assert formats.moment(CLOSES) == "2026 年 11 月 25 日 00:00"
    assert formats.moment(CLOSES, style="short") == "11 月 25 日 00:00"


def test_showing_a_moment_gives_day_and_time(language: str) -> None:
    assert formats.moment(CLOSES, seconds=True) == "25 November 2026, 00:00:00"
    assert formats.moment(CLOSES, style="short") == "25 Nov 00:00"
    assert formats.clock(CLOSES + timedelta(seconds=8)) == "00:00:08"


def test_showing_a_naive_time_is_refused(language: str) -> None:
    with pytest.raises(ValueError, match="naive"):
        formats.moment(datetime(2026, 11, 24))  # noqa: DTZ001


@pytest.mark.parametrize(
    ("span", "text"),
    [
        (timedelta(days=2, hours=4, minutes=12), "2 days 4 h"),
        (timedelta(days=1), "1 day"),
        (timedelta(hours=2, minutes=15, seconds=9), "2 h 15 min"),
        (201, "3 min 21 s"),
        (0, "0 s"),
        (timedelta(seconds=-5), "0 s"),
    ],
)
def test_writing_a_span_uses_its_two_largest_units(
    language: str, span: timedelta | float, text: str
) -> None:
    assert formats.duration(span) == text


def test_reading_a_text_in_two_languages_takes_the_readers(language: str) -> None:
    assert formats.local(LocalText(en="Health", zh="健康")) == "Health"
    assert formats.local(LocalText(zh="健康")) == "健康"
    assert [formats.local("plain"), formats.local(None)] == ["plain", ""]


@chinese
def test_reading_a_text_in_chinese_takes_chinese(language: str) -> None:
    assert formats.local(LocalText(en="Health", zh="健康")) == "健康"
    assert formats.listing(["甲", "乙", "丙"]) == "甲、乙和丙"


def test_keeping_numbers_whole_wraps_each_and_escapes_the_rest(language: str) -> None:
    assert formats.unbroken_numbers("E-073 & E-074.") == Markup(
        '<span class="nowrap">E-073</span> &amp; <span class="nowrap">E-074</span>.'
    )
    assert formats.unbroken_numbers("<script>") == Markup("&lt;script&gt;")
    assert formats.unbroken_numbers(Markup("<a>E-073</a>")) == Markup("<a>E-073</a>")


@chinese
def test_listing_numbers_in_chinese_parts_them_from_the_last_and_by_spaces(language: str) -> None:
    assert formats.listing(["E-045", "E-011", "E-059"]) == "E-045、E-011 和 E-059"
    assert formats.listing(["甲", "E-011"]) == "甲和 E-011"
    assert [formats.listing(["E-011"]), formats.listing([])] == ["E-011", ""]


def test_listing_words_joins_the_last_by_and(language: str) -> None:
    assert formats.listing(["E-045", "E-011", "E-059"]) == "E-045, E-011 and E-059"


@both
def test_showing_nothing_gives_a_dash(language: str) -> None:
    shown = [
        formats.day(None),
        formats.moment(None),
        formats.clock(None),
        formats.deadline(None),
        formats.duration(None),
        formats.filesize(None),
        formats.number(None),
    ]
    assert shown == ["–"] * 7


@both
def test_sentences_are_parted_by_a_space_but_not_after_a_full_width_stop(language: str) -> None:
    said = ["一。", "", "二。"] if language == "zh_Hans" else ["One.", "", "Two."]
    assert formats.sentences(said) == ("一。二。" if language == "zh_Hans" else "One. Two.")


@both
def test_an_aside_stands_in_the_brackets_of_the_language(language: str) -> None:
    expected = "甲队（A 校）" if language == "zh_Hans" else "甲队 (A 校)"
    assert formats.in_brackets("甲队", "A 校") == expected
