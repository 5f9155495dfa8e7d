"""Forms to sign in, to change a password and to invite."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import EmailField, PasswordField, SelectField
from wtforms.validators import Email, EqualTo, Length, Optional

from competition.services.people import PASSWORD_LENGTH_MIN
from competition.vocabulary import INVITED_ROLES
from competition.web.forms.base import Form, SelectChoice, Text, at_most, required
from competition.web.labels import ROLES


def email_valid() -> Email:
    return Email(_l("Enter an e-mail address, like li.hua@school.example."))


class SignInForm(Form):
    email = EmailField(_l("E-mail address"), [required(), at_most(254)])
    password = PasswordField(_l("Password"), [required(), at_most(200)])


class PasswordForm(Form):
    current = PasswordField(_l("Current password"), [Optional(), at_most(200)])
    password = PasswordField(
        _l("New password"),
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
    again = PasswordField(
        _l("New password once more"),
        [required(), EqualTo("password", _l("The two passwords differ. Type the same one twice."))],
    )


class InviteForm(Form):
    name = Text(_l("Name"), [required(), at_most(200)])
    email = EmailField(_l("E-mail address"), [required(), at_most(254), email_valid()])
    role = SelectField(
        _l("Role"), choices=[SelectChoice(role.value, ROLES[role]) for role in INVITED_ROLES]
    )
