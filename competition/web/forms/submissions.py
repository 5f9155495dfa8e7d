"""Forms of teams and their entries."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf.file import MultipleFileField
from wtforms import (
    BooleanField,
    EmailField,
    FieldList,
    FormField,
    HiddenField,
    PasswordField,
    RadioField,
    TextAreaField,
    URLField,
)
from wtforms import Form as PlainForm
from wtforms.validators import InputRequired, Length, Optional

from competition.models import Competition, Entry, LocalText, Team
from competition.services.people import PASSWORD_LENGTH_MIN
from competition.services.submissions.entries import (
    ADDRESS_LENGTH_MAX,
    SUMMARY_LENGTH_MAX,
    TITLE_LENGTH_MAX,
)
from competition.services.submissions.screening import REASON_LENGTH_MAX
from competition.services.submissions.teams import Person, TeamRequest
from competition.vocabulary import MemberKind
from competition.web.formats import local
from competition.web.forms.base import Form, Text, at_most, required, tidy
from competition.web.forms.people import email_valid
from competition.web.forms.rows import Sent, act_on_rows

ROWS_MAX = 30
MEMBER_ROWS = 3
"""Empty rows offered to begin with."""


class Prose(TextAreaField):
    """Several lines: trimmed, one kind of line end, no control characters."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        super().process_formdata(valuelist)
        if self.data:
            self.data = tidy(self.data)


class PersonRow(PlainForm):
    name = Text(_l("Name"), [at_most(200)])
    email = EmailField(_l("E-mail address"), [Optional(), at_most(254), email_valid()])

    @property
    def person(self) -> Person:
        return Person((self.name.data or "").strip(), (self.email.data or "").strip())


class TeamForm(Form):
    """Name, school and people of a team that is there."""

    name = Text(_l("Team name"), [required(), at_most(200)])
    organization = Text(
        _l("School"),
        [required(), at_most(200)],
        description=_l("Choose one from the list as you type, or enter a new one."),
    )
    members = FieldList(FormField(PersonRow), _l("Member"), max_entries=ROWS_MAX)
    instructors = FieldList(FormField(PersonRow), _l("Instructor"), max_entries=ROWS_MAX)
    revision = HiddenField()

    @property
    def team(self) -> TeamRequest:
        return TeamRequest(
            name=self.name.data or "",
            organization=self.organization.data or "",
            members=tuple(row.form.person for row in self.members),
            instructors=tuple(row.form.person for row in self.instructors),
        )

    def offer_rows(self, competition: Competition) -> None:
        """Give a form that was not sent a few empty rows."""
        wanted = min(MEMBER_ROWS, competition.team_size_max - 1)
        while len(self.members) < wanted:
            self.members.append_entry()
        if competition.instructors_max and not len(self.instructors):
            self.instructors.append_entry()

    def show(self, team: Team) -> None:
        """Fill the form with the team as it is."""
        self.name.data, self.organization.data = team.name, local(team.organization.name)
        self.revision.data = str(team.revision)
        for member in team.members:
            rows = self.instructors if member.kind is MemberKind.INSTRUCTOR else self.members
            if member.kind is not MemberKind.CAPTAIN:
                rows.append_entry({"name": member.name, "email": member.email})


class RegisterForm(TeamForm):
    """The same with the captain, who may have no account yet."""

    captain_name = Text(_l("Captain’s name"), [required(), at_most(200)])
    captain_email = EmailField(
        _l("Captain’s e-mail address"),
        [required(), at_most(254), email_valid()],
        description=_l("You sign in with it."),
    )
    password = PasswordField(
        _l("Password"),
        [
            required(),
            Length(
                min=PASSWORD_LENGTH_MIN,
                max=200,
                message=_l("Take between %(min)d and %(max)d characters."),
            ),
        ],
        description=_l("At least 10 characters; a sentence is easier to remember than a riddle."),
    )

    def leave_out_account(self) -> None:
        """Somebody signed in has address and password already."""
        del self.captain_email
        del self.password


def after_row_button(sent: Sent) -> Sent:
    """What was sent, with one more row where an “add” button was used."""
    return act_on_rows(sent, sent.get("action", ""), limit=ROWS_MAX)


class StartForm(Form):
    track_id = RadioField(_l("Track"), [InputRequired(_l("Choose a track."))], coerce=int)


class DraftPart(Form):
    """One part of an entry's draft."""

    revision = HiddenField()

    def show(self, entry: Entry) -> None:
        raise NotImplementedError

    def changes(self) -> dict[str, Any]:
        raise NotImplementedError


class TextPart(DraftPart):
    title_en = Text(_l("Title in English"), [at_most(TITLE_LENGTH_MAX)])
    title_zh = Text(_l("Title in Chinese"), [at_most(TITLE_LENGTH_MAX)])
    summary_en = Prose(_l("Summary in English"), [at_most(SUMMARY_LENGTH_MAX)])
    summary_zh = Prose(_l("Summary in Chinese"), [at_most(SUMMARY_LENGTH_MAX)])

    def show(self, entry: Entry) -> None:
        self.title_en.data, self.title_zh.data = entry.title.en, entry.title.zh
        self.summary_en.data, self.summary_zh.data = entry.summary.en, entry.summary.zh

    def changes(self) -> dict[str, Any]:
        return {
            "title": LocalText(en=self.title_en.data or "", zh=self.title_zh.data or ""),
            "summary": LocalText(en=self.summary_en.data or "", zh=self.summary_zh.data or ""),
        }


class TrackPart(DraftPart):
    track_id = RadioField(_l("Track"), [InputRequired(_l("Choose a track."))], coerce=int)

    def show(self, entry: Entry) -> None:
        self.track_id.data = entry.track_id

    def changes(self) -> dict[str, Any]:
        return {"track_id": self.track_id.data}


class RepositoryPart(DraftPart):
    repository_url = URLField(
        _l("Repository address"),
        [Optional(strip_whitespace=True), at_most(ADDRESS_LENGTH_MAX)],
        description=_l("Where judges can read the source, like https://git.example.org/team/app."),
        filters=[lambda text: text.strip() if text else text],
    )

    def show(self, entry: Entry) -> None:
        self.repository_url.data = entry.repository_url

    def changes(self) -> dict[str, Any]:
        return {"repository_url": self.repository_url.data or ""}


class DemoPart(DraftPart):
    demo_url = URLField(
        _l("Live demo address"),
        [Optional(strip_whitespace=True), at_most(ADDRESS_LENGTH_MAX)],
        description=_l("Where judges can try it. It should answer until judging is over."),
        filters=[lambda text: text.strip() if text else text],
    )

    def show(self, entry: Entry) -> None:
        self.demo_url.data = entry.demo_url

    def changes(self) -> dict[str, Any]:
        return {"demo_url": self.demo_url.data or ""}


PARTS: dict[str, type[DraftPart]] = {
    "text": TextPart,
    "track": TrackPart,
    "repository": RepositoryPart,
    "demo": DemoPart,
}


class UploadForm(Form):
    files = MultipleFileField(_l("Files"))
    replaces = HiddenField()


class SubmitForm(Form):
    revision = HiddenField()


class SureForm(Form):
    sure = BooleanField(_l("Yes, do this."), [InputRequired(_l("Confirm that you want this."))])


class ReasonForm(Form):
    reason = Prose(
        _l("Reason"),
        [required(), at_most(REASON_LENGTH_MAX)],
        description=_l("The team reads it."),
    )


def with_tracks(form: StartForm | TrackPart, competition: Competition) -> None:
    """Offer the competition's tracks."""
    form.track_id.choices = [(track.id, local(track.name)) for track in competition.tracks]


MOST_DIGITS = 9
"""Of a number in a hidden field: more than any has, and within what databases take."""


def whole(text: str | None) -> int | None:
    """The number in a hidden field, such as a revision; None when there is none."""
    return int(text) if text and text.isdecimal() and len(text) <= MOST_DIGITS else None
