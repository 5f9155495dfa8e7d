"""The time zones offered, by continent and city."""

from __future__ import annotations

from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from babel.core import get_global
from babel.dates import get_timezone_location
from markupsafe import Markup
from wtforms.widgets import Select

from competition.services.rounds import known_zones
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
        for key in known_zones()
        if key.split("/")[0] in CONTINENTS and key not in aliases
    ]
    choices.sort(key=lambda choice: (choice.optgroup or "", str(choice.label)))
    return (*choices, SelectChoice("UTC", "UTC", optgroup="UTC"))


def _choice(key: str, locale: str) -> SelectChoice:
    zone = ZoneInfo(key)
    city = get_timezone_location(key, locale=locale, return_city=True)
    return SelectChoice(key, in_brackets(city, utc_offset(zone)), optgroup=key.split("/")[0])


class ZoneSelect(Select):
    """The list of zones; each of its hundreds of lines is written once, not for every page."""

    @classmethod
    def render_option(  # type: ignore[override]  # the stubs know an older WTForms
        cls, choice: Any, **kwargs: Any
    ) -> Markup:
        return _line(choice.value, str(choice.label), is_chosen=bool(choice.selected))


@lru_cache(maxsize=2048)
def _line(key: str, label: str, *, is_chosen: bool) -> Markup:
    chosen = " selected" if is_chosen else ""
    return Markup('<option%s value="%s">%s</option>') % (chosen, key, label)
