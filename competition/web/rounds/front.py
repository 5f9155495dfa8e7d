"""The front page: competitions in groups, each with what is next, and one's own ways in."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from competition.models import Competition
from competition.policies import Actor
from competition.policies.deadlines import is_in_time
from competition.vocabulary import CompetitionState, Role, RoundState
from competition.web.formats import deadline, listing, local, sentences
from competition.web.labels import label

ROLE_PAGES = {
    Role.ORGANIZER: "rounds.manage",
    Role.COMMITTEE: "rounds.manage",
    Role.OBSERVER: "rounds.manage",
    Role.JUDGE: "scorecards.desk",
    Role.TEAM: "submissions.my_team",
}


NAMED_ROUNDS = 3
"""With more published rounds than this, a note counts them instead of naming them."""


@dataclass(frozen=True)
class Line:
    """One row of a list: what it is, where it leads, its state and a note."""

    name: str
    url: str
    state: str = ""
    tone: str = "plain"
    note: str = ""


@dataclass(frozen=True)
class Group:
    title: str
    lines: Sequence[Line]


def groups_of(
    competitions: Iterable[Competition], published: Collection[int], now: datetime
) -> list[Group]:
    """The groups that have something in them, what is going on first."""
    found: dict[CompetitionState, list[Line]] = {}
    for item in competitions:
        line = Line(
            name=local(item.name),
            url=url_for("rounds.show", slug=item.slug),
            note=sentences(notes(item, published, now)),
        )
        found.setdefault(item.state, []).append(line)
    titles = {
        CompetitionState.OPEN: _("Open for teams"),
        CompetitionState.JUDGING: _("In judging"),
        CompetitionState.CLOSED: _("Decided"),
        CompetitionState.DRAFT: _("In preparation"),
        CompetitionState.ARCHIVED: _("Archive"),
    }
    return [Group(title, found[state]) for state, title in titles.items() if state in found]


def notes(competition: Competition, published: Collection[int], now: datetime) -> Iterator[str]:
    """What comes next, and what can be read already."""
    until = competition.registration_closes_at
    if competition.state is CompetitionState.OPEN and is_in_time(now, until):
        if until is None:
            yield _("Teams can register.")
        else:
            yield _("Teams register until %(time)s.", time=deadline(until, competition.zone))
    for item in competition.rounds:
        values = {"name": local(item.name)}
        if item.state is RoundState.RECEIVING and item.submissions_close_at:
            values["time"] = deadline(item.submissions_close_at, competition.zone)
            if is_in_time(now, item.submissions_close_at):
                yield _("%(name)s: entries until %(time)s.", **values)
            else:
                yield _("%(name)s: entries closed %(time)s.", **values)
        elif item.state is RoundState.JUDGING and item.judging_closes_at:
            values["time"] = deadline(item.judging_closes_at, competition.zone)
            if is_in_time(now, item.judging_closes_at):
                yield _("%(name)s: judging until %(time)s.", **values)
            else:
                yield _("%(name)s: the last scorecards are awaited.", **values)
        elif item.state in {RoundState.SCREENING, RoundState.ASSIGNING}:
            yield _("%(name)s: entries are in and go to the judges.", **values)
        elif item.state is RoundState.LOCKED:
            yield _("%(name)s: scored; the results are being prepared.", **values)
    names = [item.name for item in competition.rounds if item.id in published]
    if len(names) > NAMED_ROUNDS:
        yield ngettext(
            "The results of %(num)s round are published.",
            "The results of %(num)s rounds are published.",
            len(names),
        )
    elif names:
        yield _("Results published: %(rounds)s.", rounds=listing(names))


def shortcuts_of(competitions: Iterable[Competition], actor: Actor) -> list[Line]:
    """One way in for each role the actor holds."""
    return [
        Line(
            name=_("%(role)s in %(name)s", role=label(role), name=local(item.name)),
            url=url_for(ROLE_PAGES[role], slug=item.slug),
            state=label(item.state),
        )
        for item in competitions
        if item.state is not CompetitionState.ARCHIVED
        for role in Role
        if actor.has(item.id, role)
    ]
