"""Forms for the rubric of a round."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, FieldList, FormField, HiddenField, SelectField
from wtforms import Form as Row
from wtforms.widgets import TextArea

from competition.models import Criterion, LocalText, Rubric
from competition.services.rubrics import CriterionRow, LevelRow, divided
from competition.services.rubrics.rows import CRITERIA_MAX, LEVELS_MAX
from competition.vocabulary import Weighting
from competition.web.forms.base import (
    Form,
    Number,
    Text,
    at_most,
    choices_of,
    require_either,
    required,
)
from competition.web.forms.rows import Sent, reordered, row_count
from competition.web.labels import WEIGHTINGS


def number(label: Any, default: str | None = None) -> Number:
    return Number(
        label,
        [required()],
        places=None,
        default=Decimal(default) if default else None,
    )


class LevelForm(Row):
    row = HiddenField()
    low = number(_l("From"))
    high = number(_l("To"))
    text_en = Text(_l("Meaning in English"), [at_most(2000)])
    text_zh = Text(_l("Meaning in Chinese"), [at_most(2000)])

    def validate(self, extra_validators: Any = None) -> bool:
        is_valid = super().validate(extra_validators)
        return require_either(self, "text_en", "text_zh") and is_valid


class CriterionForm(Row):
    row = HiddenField()
    name_en = Text(_l("Name in English"), [at_most(200)])
    name_zh = Text(_l("Name in Chinese"), [at_most(200)])
    description_en = Text(_l("What it asks, in English"), [at_most(2000)], widget=TextArea())
    description_zh = Text(_l("What it asks, in Chinese"), [at_most(2000)], widget=TextArea())
    weight = number(_l("Weight"))
    scale_min = number(_l("Lowest rating"), "1")
    scale_max = number(_l("Highest rating"), "10")
    step = number(_l("Step"), "1")
    is_reason_required = BooleanField(
        _l("Ask for a reason at the lowest and highest level"), default=False
    )
    levels = FieldList(FormField(LevelForm), _l("Level"), max_entries=LEVELS_MAX)

    def validate(self, extra_validators: Any = None) -> bool:
        is_valid = super().validate(extra_validators)
        return require_either(self, "name_en", "name_zh") and is_valid


class RubricForm(Form):
    weighting = SelectField(_l("Weights"), choices=choices_of(WEIGHTINGS))
    criteria = FieldList(FormField(CriterionForm), _l("Criterion"), max_entries=CRITERIA_MAX)
    revision = HiddenField(default="0")

    @classmethod
    def of(cls, rubric: Rubric | None) -> RubricForm:
        if rubric is None:
            return cls(formdata=None, data={"criteria": [{}]})
        rows = [_data(criterion) for criterion in rubric.criteria]
        return cls(
            formdata=None,
            data={
                "weighting": rubric.weighting.value,
                "criteria": rows or [{}],
                "revision": str(rubric.revision),
            },
        )

    @property
    def chosen_weighting(self) -> Weighting:
        return Weighting(self.weighting.data)

    @property
    def weight_sum(self) -> Decimal:
        """What the weights typed so far add up to; what is no number counts nothing."""
        return sum((row.weight.data or Decimal(0) for row in self.criteria), Decimal(0))

    def rows(self) -> list[CriterionRow]:
        return [_row(criterion) for criterion in self.criteria]


def _data(criterion: Criterion) -> dict[str, Any]:
    return {
        "name_en": criterion.name.en,
        "name_zh": criterion.name.zh,
        "description_en": criterion.description.en,
        "description_zh": criterion.description.zh,
        "weight": criterion.weight,
        "scale_min": criterion.scale_min,
        "scale_max": criterion.scale_max,
        "step": criterion.step,
        "is_reason_required": criterion.is_reason_required,
        "levels": [
            {"low": i.low, "high": i.high, "text_en": i.text.en, "text_zh": i.text.zh}
            for i in criterion.levels
        ],
    }


def _text(row: Any, name: str) -> LocalText:
    return LocalText(en=row[f"{name}_en"].data or "", zh=row[f"{name}_zh"].data or "")


def _row(row: Any) -> CriterionRow:
    """One validated row as the service takes it."""
    return CriterionRow(
        name=_text(row, "name"),
        description=_text(row, "description"),
        weight=row.weight.data,
        scale_min=row.scale_min.data,
        scale_max=row.scale_max.data,
        step=row.step.data,
        is_reason_required=row.is_reason_required.data,
        levels=[
            LevelRow(low=level.low.data, high=level.high.data, text=_text(level, "text"))
            for level in row.levels
        ],
    )


def with_usual_levels(sent: Sent, prefix: str) -> Sent:
    """What was sent, with the scale of the criterion `prefix` divided into five levels.

    Texts that were typed stay on the level of the same number. A scale that cannot be divided
    leaves everything as it is.
    """
    try:
        low, high, step = (
            Decimal(sent.get(f"{prefix}-{name}", "").strip().replace(",", "."))
            for name in ("scale_min", "scale_max", "step")
        )
        if not 0 < step <= high - low or (high - low) % step:
            return sent
    except ArithmeticError:
        return sent
    bounds = divided(low, high, step)
    levels = f"{prefix}-levels"
    count = row_count(sent, levels)
    order = [place if place < count else None for place in range(len(bounds))]
    divided_up = reordered(sent, levels, order)
    for place, (first, last) in enumerate(bounds):
        divided_up[f"{levels}-{place}-low"] = f"{first.normalize() + 0:f}"
        divided_up[f"{levels}-{place}-high"] = f"{last.normalize() + 0:f}"
    return divided_up
