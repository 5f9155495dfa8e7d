"""How numbers, days, times and texts are written for people, in the language of the request.

Everything here is a Jinja filter or global (see `register`). Instants come in aware; they are
shown in the competition's time zone: the argument, else `use_zone`, else Flask-Babel's default.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta, tzinfo
from decimal import ROUND_HALF_UP, Decimal
from typing import Protocol
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_time, get_timezone_location
from babel.lists import format_list
from babel.numbers import format_decimal
from flask import Flask, g, has_app_context
from flask_babel import get_locale, get_timezone, gettext, ngettext
from markupsafe import Markup

MINUS = "\u2212"
NBSP = "\u00a0"
EN_DASH = "\u2013"
MISSING = EN_DASH

PATTERNS = {
    "en": {"day": "d MMMM y", "weekday": "EEEE d MMMM y", "short": "d MMM"},
    "zh": {"day": "y 年 M 月 d 日", "weekday": "y 年 M 月 d 日（EEEE）", "short": "M 月 d 日"},
}
SIZES = ("kB", "MB", "GB", "TB")

Zone = str | tzinfo | None
Number = Decimal | float | int


class Bilingual(Protocol):
    """A text kept in two languages, such as `LocalText`."""

    def in_(self, locale: str) -> str: ...


def current_locale() -> Locale:
    """The language of the request; English outside of one."""
    return get_locale() or Locale("en")


def _speaks_chinese() -> bool:
    return bool(current_locale().language == "zh")


# texts


def local(text: Bilingual | str | None) -> str:
    """The text in the reader's language, or in the other one where that is missing."""
    if text is None or isinstance(text, str):
        return text or ""
    return text.in_(str(current_locale()))


def listing(items: Iterable[object]) -> str:
    """Join words as a sentence does: `A, B and C`, 甲、乙和丙, or E-1、E-2 和 E-3."""
    words = [local(item) if hasattr(item, "in_") else str(item) for item in items]
    if not _speaks_chinese():
        return format_list(words, locale=Locale("en", "GB"))
    if len(words) > 1:
        *others, last = words
        words = [f"{others[-1]}{_between(others[-1][-1:])}和{_between(last[:1])}{last}"]
        words[:0] = others[:-1]
    return "、".join(words)


def _between(character: str) -> str:
    """The space that parts a Chinese character from a Latin letter or a figure."""
    return " " if character.isascii() and character.isalnum() else ""


def gap() -> str:
    """What parts a sentence from the next: a space; nothing after a full-width stop."""
    return "" if _speaks_chinese() else " "


def sentences(items: Iterable[object]) -> str:
    """Several sentences as one text; empty ones leave no gap."""
    return gap().join(text for item in items if (text := str(item)))


def in_brackets(text: object, aside: object) -> str:
    """A name and what tells it from others: `Team 01 (School G)`."""
    return str(gettext("%(text)s (%(aside)s)", text=text, aside=aside))


def unbroken(text: str) -> Markup:
    """A number like E-073 that is never split between two lines."""
    return Markup('<span class="nowrap">%s</span>') % text


ENTRY_NUMBER = re.compile(r"\b([A-Z]+-\d+)\b")


def unbroken_numbers(text: str) -> str | Markup:
    """A sentence whose entry numbers are never split between two lines; HTML stays as it is."""
    if isinstance(text, Markup):
        return text
    parts = ENTRY_NUMBER.split(str(text))
    return Markup("").join(unbroken(part) if n % 2 else part for n, part in enumerate(parts))


def hash_groups(digest: str, size: int = 8) -> str:
    """A digest in groups, so that two of them can be compared by eye."""
    return " ".join(digest[start : start + size] for start in range(0, len(digest), size))


# numbers


def _decimal(value: Number) -> Decimal:
    return value if isinstance(value, Decimal) else Decimal(str(value))


def _fixed(value: Number | None, places: int) -> Decimal | None:
    """Rounded half up, never a negative zero; None for what is not a number."""
    if value is None or not (number := _decimal(value)).is_finite():
        return None
    rounded = number.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    return abs(rounded) if rounded == 0 else rounded


def score(value: Number | None, places: int = 2) -> str:
    """Fixed decimals and a true minus; a dash where there is no number."""
    number = _fixed(value, places)
    return MISSING if number is None else f"{number:f}".replace("-", MINUS)


def signed(value: Number | None, places: int = 2) -> str:
    """A difference: always with its sign, except zero."""
    number = _fixed(value, places)
    if number is None:
        return MISSING
    return ("+" if number > 0 else "") + f"{number:f}".replace("-", MINUS)


def number(value: Number | None) -> str:
    """A count or an amount with grouped thousands and no more decimals than it has."""
    if value is None:
        return MISSING
    plain = _decimal(value).normalize()
    text = format_decimal(plain, locale=current_locale(), decimal_quantization=False)
    return text.replace("-", MINUS)


def percent(value: Number | None, of: Number = 1, places: int = 0) -> str:
    """`0.2 | percent` and `20 | percent(of=100)` are both 20 %."""
    if value is None or not of:
        return MISSING
    return score(_decimal(value) / _decimal(of) * 100, places) + NBSP + "%"


def chance(value: float | None) -> str:
    """A probability: `0.91`; the ends of the scale are never claimed: `> 0.99`, `< 0.01`."""
    if value is None:
        return MISSING
    if value > 0.99:
        return f">{NBSP}0.99"
    return f"<{NBSP}0.01" if value < 0.01 else score(value)


def ranks(low: int | None, high: int | None = None) -> str:
    """A range of ranks: `3–7`, or `3` when it is one rank."""
    if low is None:
        return MISSING
    return str(low) if high is None or high == low else f"{low}{EN_DASH}{high}"


def filesize(size: int | None) -> str:
    """Bytes in decimal units, one decimal from the megabyte on."""
    if size is None:
        return MISSING
    if size < 1000:
        return str(ngettext("%(num)s byte", "%(num)s bytes", size))
    amount, unit = Decimal(size) / 1000, 0
    while unit < len(SIZES) - 1 and amount >= Decimal("999.5"):
        amount, unit = amount / 1000, unit + 1
    return score(amount, 0 if unit == 0 else 1) + NBSP + SIZES[unit]


# time


def use_zone(zone: Zone) -> None:
    """Show the times of this request in `zone`, the competition's own."""
    g.display_zone = zone


def _zone(zone: Zone = None) -> tzinfo:
    chosen = zone or (g.get("display_zone") if has_app_context() else None) or get_timezone()
    if chosen is None:
        return UTC
    return chosen if isinstance(chosen, ZoneInfo) else ZoneInfo(str(chosen))


def _seen_from(moment: datetime, zone: Zone) -> datetime:
    if moment.tzinfo is None:
        raise ValueError("a naive datetime cannot be shown: its zone is unknown")
    return moment.astimezone(_zone(zone))


def _pattern(style: str) -> str:
    return PATTERNS["zh" if _speaks_chinese() else "en"][style]


def day(value: date | None, zone: Zone = None, style: str = "day") -> str:
    """`24 November 2026`; style `weekday` puts the weekday with it, `short` leaves out the year."""
    if value is None:
        return MISSING
    if isinstance(value, datetime):
        value = _seen_from(value, zone).date()
    return format_date(value, _pattern(style), locale=current_locale())


def clock(value: datetime | None, zone: Zone = None, seconds: bool | None = None) -> str:
    """The time of day, 24 hours; with seconds when asked or when there are any to tell."""
    if value is None:
        return MISSING
    shown = _seen_from(value, zone)
    wanted = bool(shown.second) if seconds is None else seconds
    return format_time(shown, "HH:mm:ss" if wanted else "HH:mm", locale=current_locale())


def moment(
    value: datetime | None, zone: Zone = None, seconds: bool = False, style: str = "day"
) -> str:
    """A day and a time: `24 November 2026, 15:18`."""
    if value is None:
        return MISSING
    date_text, time_text = day(value, zone, style), clock(value, zone, seconds)
    separator = " " if style == "short" or _speaks_chinese() else ", "
    return f"{date_text}{separator}{time_text}"


def deadline(value: datetime | None, zone: Zone = None, closing: bool = True) -> str:
    """Weekday, date, time and zone; a deadline at midnight is 24:00 of the day that it ends.

    `closing=False` is for beginnings, where midnight is 00:00.
    """
    if value is None:
        return MISSING
    shown = _seen_from(value, zone)
    time_text = clock(value, zone)
    on = shown.date()
    if closing and time_text == "00:00":
        on, time_text = on - timedelta(days=1), "24:00"
    parts = {"day": day(on, style="weekday"), "time": time_text, "zone": zone_name(zone, value)}
    return str(gettext("%(day)s, %(time)s, %(zone)s", **parts))


def zone_name(zone: Zone = None, at: datetime | None = None) -> str:
    """`Shanghai time (UTC+8)`; the offset is the one in force at the given instant."""
    chosen = _zone(zone)
    key = str(chosen)
    offset = utc_offset(chosen, at)
    if key in {"UTC", "Etc/UTC"}:
        return "UTC"
    if key == "Asia/Shanghai":
        return str(gettext("Shanghai time (%(offset)s)", offset=offset))
    city = get_timezone_location(chosen, locale=current_locale(), return_city=True)
    return str(gettext("%(city)s time (%(offset)s)", city=city, offset=offset))


def utc_offset(zone: tzinfo, at: datetime | None = None) -> str:
    """`UTC+8`, `UTC−3:30`; without an instant, the zone's standard offset of mid-winter."""
    instant = at or datetime(2026, 1, 1, tzinfo=UTC)
    minutes = round((instant.astimezone(zone).utcoffset() or timedelta()).total_seconds() / 60)
    hours, rest = divmod(abs(minutes), 60)
    sign = MINUS if minutes < 0 else "+"
    return f"UTC{sign}{hours}" + (f":{rest:02d}" if rest else "")


def duration(value: timedelta | float | None) -> str:
    """A span in its two largest units: `2 days 4 h`, `3 min 21 s`; never below zero."""
    if value is None:
        return MISSING
    seconds = value.total_seconds() if isinstance(value, timedelta) else value
    total = max(0, int(seconds))
    days, hours, minutes, rest = (
        total // 86400,
        total // 3600 % 24,
        total // 60 % 60,
        total % 60,
    )
    amounts: Sequence[tuple[int, str]] = (
        (days, ngettext("%(num)s day", "%(num)s days", days)),
        (hours, gettext("%(num)s h", num=hours)),
        (minutes, gettext("%(num)s min", num=minutes)),
        (rest, gettext("%(num)s s", num=rest)),
    )
    first = next((place for place, (amount, _) in enumerate(amounts) if amount), 3)
    return " ".join(text for amount, text in amounts[first : first + 2] if amount) or amounts[3][1]


FILTERS = (
    local,
    listing,
    sentences,
    in_brackets,
    unbroken,
    unbroken_numbers,
    hash_groups,
    score,
    signed,
    number,
    percent,
    ranks,
    filesize,
    day,
    clock,
    moment,
    deadline,
    duration,
    chance,
)


def register(app: Flask) -> None:
    """Give the templates of `app` these filters, and `zone_name`, `ranks`, `gap` as globals."""
    for function in FILTERS:
        app.add_template_filter(function, function.__name__)
    app.add_template_global(zone_name, "zone_name")
    app.add_template_global(ranks, "ranks")
    app.add_template_global(gap, "gap")
