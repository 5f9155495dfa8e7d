"""Forms for judges, conflicts and assignments."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    EmailField,
    SelectField,
    SelectMultipleField,
    TextAreaField,
)
from wtforms.validators import InputRequired, NumberRange, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from competition.models import Competition, Judge, Organization, Round, Team
from competition.services.panels import JudgeDetails
from competition.vocabulary import ConflictSource, OrganizationKind
from competition.web.formats import in_brackets, local
from competition.web.forms.base import (
    Form,
    SelectChoice,
    Text,
    WholeNumber,
    at_most,
    choices_of,
    required,
)
from competition.web.forms.people import email_valid
from competition.web.labels import CONFLICT_SOURCES, ORGANIZATION_KINDS


class Checkboxes(SelectMultipleField):
    """Several of a list, as boxes to tick."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class JudgeForm(Form):
    name = Text(_l("Name"), [required(), at_most(200)])
    email = EmailField(_l("E-mail address"), [required(), at_most(254), email_valid()])
    phone = Text(_l("Phone"), [at_most(40)])
    organization = Text(
        _l("School or company"),
        [at_most(200)],
        description=_l("Teams of the same school or company are a conflict by themselves."),
    )
    kind = SelectField(_l("Comes from"), choices=choices_of(ORGANIZATION_KINDS))
    tracks = Checkboxes(_l("Tracks"), coerce=int, description=_l("None ticked means all of them."))
    expertise = Text(_l("Expertise"), [at_most(2000)])
    max_entries = WholeNumber(
        _l("Entries at most"),
        [
            Optional(),
            NumberRange(
                min=1,
                max=100_000,
                message=_l("Enter a whole number of 1 or more, or leave this empty."),
            ),
        ],
        description=_l("In each round. Empty means no limit."),
    )

    def offer(self, competition: Competition) -> None:
        """The tracks to choose from."""
        self.tracks.choices = [
            SelectChoice(track.id, local(track.name)) for track in competition.tracks
        ]

    def show(self, judge: Judge) -> None:
        """Put what is stored into the fields."""
        self.name.data, self.email.data = judge.account.name, judge.account.email
        self.phone.data, self.expertise.data = judge.phone, judge.expertise
        self.organization.data = local(judge.organization.name) if judge.organization else ""
        self.kind.data, self.max_entries.data = judge.kind.value, judge.max_entries
        self.tracks.data = [track.id for track in judge.tracks]

    def details(self, competition: Competition) -> JudgeDetails:
        chosen = set(self.tracks.data or ())
        return JudgeDetails(
            name=self.name.data or "",
            email=self.email.data or "",
            kind=OrganizationKind(self.kind.data),
            organization=self.organization.data or "",
            phone=self.phone.data or "",
            tracks=tuple(track for track in competition.tracks if track.id in chosen),
            expertise=self.expertise.data or "",
            max_entries=self.max_entries.data,
        )


class NewJudgeForm(JudgeForm):
    rounds = Checkboxes(_l("Panels"), coerce=int)

    def offer_rounds(self, rounds: Sequence[Round]) -> None:
        self.rounds.choices = [SelectChoice(item.id, local(item.name)) for item in rounds]


ENTERED_SOURCES = {
    source: CONFLICT_SOURCES[source]
    for source in (
        ConflictSource.ORGANIZER,
        ConflictSource.RELATION,
        ConflictSource.EMPLOYER,
        ConflictSource.SAME_SCHOOL,
        ConflictSource.INSTRUCTOR,
    )
}
"""What an organizer may enter; the rest is declared by others, or found."""


class ConflictForm(Form):
    judge = SelectField(_l("Judge"), [InputRequired(_l("Choose a judge."))], coerce=int)
    team = SelectField(_l("Team"), [InputRequired(_l("Choose a team."))], coerce=int)
    source = SelectField(_l("Kind"), choices=choices_of(ENTERED_SOURCES))
    reason = TextAreaField(
        _l("Reason"), [required(), at_most(2000)], description=_l("Only organizers read it.")
    )

    def offer(self, judges: Sequence[Judge], teams: Sequence[Team]) -> None:
        self.judge.choices = [
            SelectChoice(judge.id, f"{judge.number:02} {judge.account.name}") for judge in judges
        ]
        self.team.choices = [
            SelectChoice(team.id, in_brackets(team.name, local(team.organization.name)))
            for team in teams
        ]


class AliasForm(Form):
    organization = SelectField(
        _l("School or company"), [InputRequired(_l("Choose a school or company."))], coerce=int
    )
    name = Text(
        _l("Further name"),
        [required(), at_most(200)],
        description=_l("An abbreviation, an older name, or one that teams use."),
    )

    def offer(self, organizations: Sequence[Organization]) -> None:
        self.organization.choices = [
            SelectChoice(item.id, local(item.name)) for item in organizations
        ]


class DeclarationForm(Form):
    name = Text(_l("Name of the person"), [required(), at_most(200)])
    reason = TextAreaField(
        _l("Reason"), [required(), at_most(2000)], description=_l("Only organizers read it.")
    )


class ReasonForm(Form):
    reason = TextAreaField(_l("Reason"), [required(), at_most(2000)])


class SureForm(Form):
    sure = BooleanField(_l("Yes, do this"), [InputRequired(_l("Tick the box to go on."))])
