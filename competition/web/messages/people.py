"""Refusals of people in words."""

from __future__ import annotations

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

MESSAGES: dict[str, LazyString] = {
    "email_taken": _l("There is an account with the address %(email)s already."),
    "role_not_invited": _l("This role is not given by invitation."),
    "last_organizer": _l("A competition keeps at least one organizer. Invite another one first."),
    "link_spent": _l("This link was used already, or it has expired."),
    "wrong_password": _l("Address and password do not fit together."),
    "wait_for_attempt": _l("Too many attempts. Try again in %(seconds)s seconds."),
    "password_short": _l("Take at least %(least)s characters."),
    "passwords_differ": _l("The two passwords differ. Type the same one twice."),
    "current_password_wrong": _l("This is not your current password."),
}
