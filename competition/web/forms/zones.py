"""The time zones offered, by continent and city."""

from __future__ import annotations

from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

from babel.core import get_global
from babel.dates import get_timezone_location

from competition.web.formats import in_brackets, utc_offset
from competition.web.forms.base import SelectChoice

CONTINENTS = frozenset(
    ("Africa", "America", "Antarctica", "Asia", "Atlantic", "Australia", "Europe", "Indian")
) | {"Pacific"}


@lru_cache(maxsize=4)
def zone_choices(locale: str) -> tuple[SelectChoice, ...]:
    """Every zone once, by the city it is named after; typing the city finds it in the list."""
    aliases = get_global("zone_aliases")
    choices = [
        _choice(key, locale)
        for key in available_timezones()
        if key.split("/")[0] in CONTINENTS and key not in aliases
    ]
    choices.sort(key=lambda choice: (choice.optgroup or "", str(choice.label)))
    return (*choices, SelectChoice("UTC", "UTC", optgroup="UTC"))


def _choice(key: str, locale: str) -> SelectChoice:
    zone = ZoneInfo(key)
    city = get_timezone_location(key, locale=locale, return_city=True)
    return SelectChoice(key, in_brackets(city, utc_offset(zone)), optgroup=key.split("/")[0])
