"""Forms for wishes, plans and bids."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField
from wtforms.validators import InputRequired, NumberRange, Optional, StopValidation
from wtforms.widgets import RangeInput

from competition.models import Competition, Track
from competition.queries.panels import COMPARABILITY_MOST, WEIGHT_MOST, Weights, Wish
from competition.web.formats import local
from competition.web.forms.base import Form, LocalMoment, WholeNumber, required

PER_ENTRY_MOST = 50
LOAD_MOST = 100_000
SEED_MOST = 2_147_483_647


class Between(NumberRange):
    """A range that has nothing to add to what was no number at all."""

    def __call__(self, form: Any, field: Any) -> None:
        if field.errors:
            raise StopValidation
        super().__call__(form, field)


def between(low: int, high: int) -> Between:
    return Between(min=low, max=high, message=_l("Take a number from %(min)s to %(max)s."))


def _weight(text: Any) -> WholeNumber:
    return WholeNumber(text, [InputRequired(_l("Fill this in.")), between(0, WEIGHT_MOST)])


class WishForm(Form):
    """How judges shall be assigned; the fields of the tracks are made by `wish_form`."""

    per_entry = WholeNumber(_l("Judges for each entry"), [required(), between(1, PER_ENTRY_MOST)])
    load_min = WholeNumber(
        _l("Entries for a judge at least"),
        [Optional(), between(0, LOAD_MOST)],
        description=_l("Empty means none."),
    )
    load_max = WholeNumber(
        _l("Entries for a judge at most"),
        [Optional(), between(1, LOAD_MOST)],
        description=_l("For judges without a limit of their own."),
    )
    is_mixed = BooleanField(_l("At least one judge from a school and one from industry"))
    one_per_organization = BooleanField(_l("No two judges of one school or company"))
    comparability = WholeNumber(
        _l("Fit or comparability"),
        [required(), between(0, COMPARABILITY_MOST)],
        widget=RangeInput(step="5"),
    )
    weight_track = _weight(_l("Tracks"))
    weight_expertise = _weight(_l("Expertise"))
    weight_bids = _weight(_l("Bids"))
    seed = WholeNumber(
        _l("Seed"),
        [required(), between(0, SEED_MOST)],
        description=_l("The same input and seed always give the same plan."),
    )

    forget = BooleanField(
        _l("Forget this"),
        description=_l("Every entry and every judge then follows the settings on this page."),
    )

    @property
    def track_fields(self) -> list[Any]:
        return [field for name, field in self._fields.items() if name.startswith("track_")]

    def show(self, wish: Wish, *, usual: int, seed: int) -> None:
        """Put the stored wish into the fields."""
        self.per_entry.data = wish.per_entry or usual
        self.load_min.data, self.load_max.data = wish.load_min or None, wish.load_max
        self.is_mixed.data = wish.is_mixed
        self.one_per_organization.data = wish.one_per_organization
        self.comparability.data = wish.comparability
        self.weight_track.data = wish.weights.track
        self.weight_expertise.data = wish.weights.expertise
        self.weight_bids.data = wish.weights.bids
        self.seed.data = seed
        for field in self.track_fields:
            field.data = wish.per_track.get(int(field.name.removeprefix("track_")))

    def wish(self, known: Wish) -> Wish:
        """What the fields say; what was settled for single entries and judges stays with it."""
        if self.forget.data:
            known = Wish()
        per_track = {
            int(field.name.removeprefix("track_")): field.data
            for field in self.track_fields
            if field.data is not None
        }
        return Wish(
            per_entry=self.per_entry.data,
            per_track=per_track,
            per_single=known.per_single,
            load_min=self.load_min.data or 0,
            per_judge_min=known.per_judge_min,
            load_max=self.load_max.data,
            is_mixed=self.is_mixed.data,
            one_per_organization=self.one_per_organization.data,
            lifted=known.lifted,
            comparability=self.comparability.data or 0,
            weights=Weights(
                track=self.weight_track.data or 0,
                expertise=self.weight_expertise.data or 0,
                bids=self.weight_bids.data or 0,
            ),
        )


def wish_form(competition: Competition) -> WishForm:
    """The form with a field for each track, where there is more than one."""
    fields = {}
    if len(competition.tracks) > 1:
        fields = {f"track_{track.id}": _track_field(track) for track in competition.tracks}
    made: WishForm = type("RoundWishForm", (WishForm,), fields)()
    return made


def _track_field(track: Track) -> WholeNumber:
    return WholeNumber(local(track.name), [Optional(), between(1, PER_ENTRY_MOST)])


class BiddingForm(Form):
    bids_close_at = LocalMoment(
        _l("Judges may bid until"),
        [required()],
        description=_l("Like 2026-11-24 18:00; 24:00 is the end of the day."),
    )

    @property
    def closes_at(self) -> datetime | None:
        return self.bids_close_at.moment
