"""Forms for competitions, tracks and rounds."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import get_locale
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, EmailField, FieldList, FormField, HiddenField, SelectField
from wtforms import Form as Row
from wtforms.validators import Optional
from wtforms.widgets import TextArea

from competition.models import Competition, LocalText, Round
from competition.services.rounds import (
    CompetitionSettings,
    RoundSettings,
    TrackRow,
    known_zones,
    suggested_slug,
)
from competition.services.rounds.settings import default_scoring
from competition.web.forms.base import (
    Form,
    LocalMoment,
    Number,
    SelectChoice,
    Text,
    WholeNumber,
    at_most,
    choices_of,
    local_text_of,
    require_either,
    required,
)
from competition.web.forms.people import email_valid
from competition.web.forms.zones import ZoneSelect, zone_choices
from competition.web.labels import METHODS

TRACKS_MAX = 40
FILL_IN = _l("Fill this in.")
MOMENT_HINT = _l("Like 2026-11-24 18:00; 24:00 is the end of the day.")
PLACES = ("criterion", "weighted", "total")
"""Steps of the computation that the form rounds at."""


class CompetitionForm(Form):
    name_en = Text(_l("Name in English"), [at_most(200)])
    name_zh = Text(_l("Name in Chinese"), [at_most(200)])
    slug = Text(
        _l("Address"),
        [at_most(60)],
        description=_l(
            "The last part of the page’s address, like aiac-2026. Left empty, it is made from the"
            " English name."
        ),
    )
    summary_en = Text(_l("Summary in English"), [at_most(2000)], widget=TextArea())
    summary_zh = Text(_l("Summary in Chinese"), [at_most(2000)], widget=TextArea())
    zone = SelectField(
        _l("Time zone"),
        default="Asia/Shanghai",
        description=_l("All deadlines are entered and shown in this zone."),
        widget=ZoneSelect(),
    )
    contact_email = EmailField(
        _l("Contact address"),
        [Optional(), at_most(254), email_valid()],
        description=_l("Shown to everybody, for questions."),
    )
    registration_closes_at = LocalMoment(
        _l("Registration closes"), [Optional()], description=MOMENT_HINT
    )
    team_size_max = WholeNumber(
        _l("People in a team at most"),
        [required()],
        default=5,
        description=_l("The captain counts as well."),
    )
    instructors_max = WholeNumber(_l("Instructors of a team at most"), [required()], default=2)
    revision = HiddenField(default="1")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.zone.choices = zone_choices(str(get_locale() or "en"))
        chosen = self.zone.data if self.zone.data in known_zones() else "Asia/Shanghai"
        self.registration_closes_at.zone = ZoneInfo(chosen)

    @classmethod
    def of(cls, competition: Competition) -> CompetitionForm:
        """The form as it is before anything is typed."""
        form = cls(
            formdata=None,
            data={
                "name_en": competition.name.en,
                "name_zh": competition.name.zh,
                "slug": competition.slug,
                "summary_en": competition.summary.en,
                "summary_zh": competition.summary.zh,
                "zone": competition.zone,
                "contact_email": competition.contact_email,
                "team_size_max": competition.team_size_max,
                "instructors_max": competition.instructors_max,
                "revision": str(competition.revision),
            },
        )
        form.registration_closes_at.show(competition.registration_closes_at)
        return form

    def validate(self, extra_validators: Any = None) -> bool:
        self.slug.data = self.slug.data or suggested_slug(self.name_en.data or "")
        is_valid = super().validate(extra_validators)
        is_named = require_either(self, "name_en", "name_zh")
        if is_named and not self.slug.data:
            self.slug.errors = [*self.slug.errors, str(FILL_IN)]
        return is_valid and is_named and bool(self.slug.data)

    def settings(self) -> CompetitionSettings:
        return CompetitionSettings(
            slug=self.slug.data or "",
            name=local_text_of(self.name_zh, self.name_en),
            summary=local_text_of(self.summary_zh, self.summary_en),
            zone=self.zone.data,
            contact_email=self.contact_email.data or "",
            registration_closes_at=self.registration_closes_at.moment,
            team_size_max=self.team_size_max.data or 0,
            instructors_max=self.instructors_max.data or 0,
        )


class TrackForm(Row):
    row = HiddenField()
    track = HiddenField()
    name_en = Text(_l("Name in English"), [at_most(200)])
    name_zh = Text(_l("Name in Chinese"), [at_most(200)])

    def validate(self, extra_validators: Any = None) -> bool:
        is_valid = super().validate(extra_validators)
        return require_either(self, "name_en", "name_zh") and is_valid


class TracksForm(Form):
    tracks = FieldList(FormField(TrackForm), _l("Track"), max_entries=TRACKS_MAX)
    revision = HiddenField(default="1")

    @classmethod
    def of(cls, competition: Competition) -> TracksForm:
        rows = [
            {"track": str(track.id), "name_en": track.name.en, "name_zh": track.name.zh}
            for track in competition.tracks
        ]
        return cls(formdata=None, data={"tracks": rows, "revision": str(competition.revision)})

    def rows(self) -> list[TrackRow]:
        return [
            TrackRow(
                id=int(row.track.data) if (row.track.data or "").isdecimal() else None,
                name=LocalText(en=row.name_en.data or "", zh=row.name_zh.data or ""),
            )
            for row in self.tracks
        ]


def places(label: Any, hint: Any = "") -> WholeNumber:
    return WholeNumber(label, [Optional()], description=hint)


class RoundForm(Form):
    name_en = Text(_l("Name in English"), [at_most(200)])
    name_zh = Text(_l("Name in Chinese"), [at_most(200)])
    opens_at = LocalMoment(_l("Entries open"), [Optional()], description=MOMENT_HINT)
    submissions_close_at = LocalMoment(
        _l("Entries close"),
        [Optional()],
        description=_l("In time to the last second of the minute given; 24:00 ends the day."),
    )
    judging_closes_at = LocalMoment(_l("Judging closes"), [Optional()], description=MOMENT_HINT)
    judges_per_entry = WholeNumber(_l("Judges per entry"), [required()], default=3)
    is_blind = BooleanField(
        _l("Judges see the entry’s number instead of the team"),
        default=True,
        description=_l("Team, school and people stay hidden from them."),
    )
    spread_threshold = Number(
        _l("Point out entries whose scores differ by"),
        [Optional()],
        places=None,
        description=_l("Points between the highest and the lowest judge."),
    )
    method = SelectField(_l("Method"), choices=choices_of(METHODS), default="mean")
    unit = SelectField(
        _l("Combine the judges"),
        choices=[
            SelectChoice("scorecard", _l("by their weighted totals")),
            SelectChoice("criterion", _l("criterion by criterion, then weight")),
        ],
    )
    drop_high = WholeNumber(_l("Highest scores dropped"), [Optional()], default=1)
    drop_low = WholeNumber(_l("Lowest scores dropped"), [Optional()], default=1)
    drop_minimum = WholeNumber(
        _l("Judges needed to drop any"),
        [Optional()],
        default=5,
        description=_l("With fewer judges the plain mean is taken, and the page says so."),
    )
    round_criterion = places(_l("Places of a criterion’s score"))
    round_weighted = places(_l("Places after the weight"))
    round_total = places(_l("Places of the total"))
    revision = HiddenField(default="1")

    def __init__(self, *args: Any, zone: str = "Asia/Shanghai", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in (self.opens_at, self.submissions_close_at, self.judging_closes_at):
            field.zone = ZoneInfo(zone)

    @classmethod
    def of(cls, round_: Round | None, zone: str) -> RoundForm:
        """The form for a round as it is, or for a new one."""
        scoring = dict(round_.scoring if round_ and round_.scoring else default_scoring())
        rounding = scoring.pop("round", {})
        data = {**scoring, **{f"round_{step}": rounding.get(step) for step in PLACES}}
        if round_ is None:
            return cls(formdata=None, data=data, zone=zone)
        data |= {
            "name_en": round_.name.en,
            "name_zh": round_.name.zh,
            "judges_per_entry": round_.judges_per_entry,
            "is_blind": round_.is_blind,
            "spread_threshold": round_.spread_threshold,
            "revision": str(round_.revision),
        }
        form = cls(formdata=None, data=data, zone=zone)
        for name in ("opens_at", "submissions_close_at", "judging_closes_at"):
            form[name].show(getattr(round_, name))
        return form

    def validate(self, extra_validators: Any = None) -> bool:
        is_valid = super().validate(extra_validators)
        return require_either(self, "name_en", "name_zh") and is_valid

    def settings(self, before: Round | None = None) -> RoundSettings:
        return RoundSettings(
            name=local_text_of(self.name_zh, self.name_en),
            opens_at=self.opens_at.moment,
            submissions_close_at=self.submissions_close_at.moment,
            judging_closes_at=self.judging_closes_at.moment,
            judges_per_entry=self.judges_per_entry.data or 0,
            is_blind=self.is_blind.data,
            spread_threshold=self.spread_threshold.data,
            scoring=self._scoring(before),
        )

    def _scoring(self, before: Round | None) -> dict[str, Any]:
        """The table for the rule book; keys that this form does not show stay as they were."""
        scoring = dict(before.scoring if before and before.scoring else default_scoring())
        rounding = dict(scoring.get("round", {}))
        for step in PLACES:
            value = self[f"round_{step}"].data
            rounding.pop(step, None)
            if value is not None:
                rounding[step] = value
        for name in ("method", "unit", "drop_high", "drop_low", "drop_minimum"):
            if self[name].data is not None:
                scoring[name] = self[name].data
        return {**scoring, "round": rounding}


class MoveForm(Form):
    """To which state; and, when asked for, that the organizer is sure."""

    target = HiddenField()
    sure = BooleanField(_l("I have read this and go on"))
