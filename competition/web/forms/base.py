"""What all forms share: trimmed text, words for wrong input, bilingual pairs, local times."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import DecimalField, IntegerField, StringField, ValidationError
from wtforms.fields.choices import SelectChoice as SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import InputRequired, Length
from wtforms.widgets import TextInput

from competition.models import LocalText


def choices_of(words: Mapping[Any, Any]) -> list[SelectChoice]:
    """The members of a table of labels, in its order, as choices."""
    return [SelectChoice(member.value, text) for member, text in words.items()]


UNWANTED = frozenset({"Cc", "Cs"})
"""Unicode categories that no text needs: control characters and halves of characters."""


class Form(FlaskForm):  # type: ignore[misc]  # flask-wtf is untyped
    """The base of every form."""


def required() -> InputRequired:
    return InputRequired(_l("Fill this in."))


def at_most(limit: int) -> Length:
    return Length(max=limit, message=_l("Shorten this to %(max)d characters."))


def tidy(text: str) -> str:
    """A text with plain line breaks, trimmed, without control characters.

    >>> tidy(" 作品\u3000一\x00\r\n")
    '作品\u3000一'
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    if lines.isascii() and lines.isprintable():
        return lines
    return "".join(c for c in lines if c in "\n\t" or unicodedata.category(c) not in UNWANTED)


class Text(StringField):
    """A line of text: trimmed, without control characters."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        super().process_formdata(valuelist)
        if self.data:
            self.data = tidy(self.data)


PLACES = 12
"""Places before or after the point; beyond them no amount makes sense, and arithmetic rounds."""


class NumberLine(TextInput):
    """A line for a number: a browser's own field for numbers loses what is typed and is none."""

    def __init__(self, keys: str) -> None:
        super().__init__()
        self.keys = keys

    def __call__(self, field: Any, **attributes: Any) -> Any:
        return super().__call__(field, **{"inputmode": self.keys, **attributes})


class Number(DecimalField):
    """An exact decimal; NaN, infinity and what is out of all proportion are refused."""

    widget = NumberLine("decimal")

    def process_formdata(self, valuelist: list[Any]) -> None:
        try:
            super().process_formdata([item.strip().replace(",", ".") for item in valuelist])
        except ValueError:
            raise ValueError(_("Enter a number, like 7.5.")) from None
        if self.data is None:
            return
        if not self.data.is_finite() or abs(self.data.adjusted()) > PLACES:
            self.data = None
            raise ValueError(_("Enter a number, like 7.5."))


class WholeNumber(IntegerField):
    """A whole number, with the message of this house."""

    widget = NumberLine("numeric")

    def process_formdata(self, valuelist: list[Any]) -> None:
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError(_("Enter a whole number.")) from None


class LocalMoment(StringField):
    """A local date and time such as `2026-11-24 24:00`; the instant is in `moment`.

    24:00 is the end of that day. The zone is the competition's: set `zone` before validating.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.zone = ZoneInfo("Asia/Shanghai")
        self.moment: datetime | None = None

    def process_formdata(self, valuelist: list[Any]) -> None:
        super().process_formdata([" ".join(item.replace("T", " ").split()) for item in valuelist])

    def pre_validate(self, form: Any) -> None:
        self.moment = None
        if not self.data:
            return
        try:
            self.moment = parse_local(self.data, self.zone)
        except ValueError:
            raise ValidationError(
                _("Enter date and time like 2026-11-24 18:00; 24:00 is the end of the day.")
            ) from None

    def show(self, moment: datetime | None) -> None:
        """Put an instant into the field as its text."""
        self.data = "" if moment is None else local_text(moment, self.zone)


def parse_local(text: str, zone: ZoneInfo) -> datetime:
    """An aware UTC instant from local text.

    Raises ValueError when the text is no date and time, or one that the clock skips.
    """
    day, _space, clock = text.partition(" ")
    is_midnight = clock in {"24:00", "24:00:00"}
    if clock.count(":") == 1:
        clock += ":00"
    local = datetime.strptime(  # noqa: DTZ007  the zone comes next
        f"{day} {'00:00:00' if is_midnight else clock}", "%Y-%m-%d %H:%M:%S"
    )
    if is_midnight:
        local += timedelta(days=1)
    moment = local.replace(tzinfo=zone).astimezone(UTC)
    if moment.astimezone(zone).replace(tzinfo=None) != local:
        raise ValueError(text)
    return moment


def local_text(moment: datetime, zone: ZoneInfo) -> str:
    """The instant as `parse_local` reads it; midnight as 24:00 of the day that ends."""
    local = moment.astimezone(zone)
    if (local.hour, local.minute, local.second) == (0, 0, 0):
        return f"{local - timedelta(days=1):%Y-%m-%d} 24:00"
    return f"{local:%Y-%m-%d %H:%M}" if local.second == 0 else f"{local:%Y-%m-%d %H:%M:%S}"


def local_text_of(zh: StringField, en: StringField) -> LocalText:
    """What two text fields hold, as one text in two languages."""
    return LocalText(en=en.data or "", zh=zh.data or "")


def require_either(form: Any, zh: str, en: str) -> bool:
    """Whether one of the two fields is filled in; notes the error on the first if not."""
    first = getattr(form, zh)
    if first.data or getattr(form, en).data:
        return True
    first.errors = [*first.errors, _("Fill in at least one of the two languages.")]
    return False
