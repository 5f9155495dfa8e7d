"""Forms to publish, to withdraw, and to send entries on."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, RadioField, TextAreaField
from wtforms.validators import InputRequired

from competition.services.results.publishing import REASON_MAX
from competition.web.forms.base import Form, Number, SelectChoice, WholeNumber, at_most, required

TOP, PERCENT = "top", "percent"


class PublishForm(Form):
    instead_of = HiddenField()
    sure = BooleanField(
        _l("The ranking above may be read by everybody."),
        [InputRequired(_l("Confirm that everybody may read the ranking."))],
    )


class WithdrawForm(Form):
    reason = TextAreaField(
        _l("Reason"),
        [required(), at_most(REASON_MAX)],
        description=_l("Kept in the log. The public reads only that the results were withdrawn."),
    )


class LineForm(Form):
    """Where the line stands; asked in the address, so that the preview can be linked."""

    class Meta:
        csrf = False

    by = RadioField(
        _l("Who goes on"),
        choices=[
            SelectChoice(TOP, _l("The same number of entries in every track")),
            SelectChoice(PERCENT, _l("The same share of the scored entries of every track")),
        ],
        default=TOP,
    )
    amount = Number(
        _l("Number of entries, or percent"),
        [required()],
        description=_l("A share is rounded half up; at least one entry of each track goes on."),
    )


class AdvanceForm(Form):
    by = HiddenField()
    amount = HiddenField()
    already = WholeNumber()
    sure = BooleanField(
        _l("These entries take part in the next round."),
        [InputRequired(_l("Confirm that these entries go on."))],
    )
