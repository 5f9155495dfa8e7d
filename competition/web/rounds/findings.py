"""What an organizer should know first: what is late or missing, and what comes next, in words."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from competition.models import Competition, Round
from competition.policies.deadlines import is_in_time
from competition.queries.rounds import RoundFigures
from competition.vocabulary import (
    AssignmentState,
    CompetitionState,
    EntryState,
    RoundState,
    ScorecardState,
)
from competition.web.formats import deadline, duration, local, number

SOON = timedelta(days=2)


@dataclass(frozen=True)
class Finding:
    """One sentence: `good`, `warn` (look at it) or `bad` (act); and where to act."""

    tone: str
    text: str
    url: str = ""

    @property
    def word(self) -> str:
        return str({"good": _("Good"), "warn": _("Look"), "bad": _("Act")}[self.tone])


@dataclass(frozen=True)
class Case:
    """A round with its figures at an instant."""

    competition: Competition
    round: Round
    figures: RoundFigures
    now: datetime

    @property
    def name(self) -> str:
        return local(self.round.name)

    def url(self, endpoint: str) -> str:
        return url_for(endpoint, slug=self.competition.slug, position=self.round.position)


def findings_of(
    competition: Competition,
    figures: Mapping[int, RoundFigures],
    teams: int,
    now: datetime,
) -> list[Finding]:
    """All findings, what needs acting on first."""
    found = [*_of_competition(competition, teams, now)]
    for item in competition.rounds:
        case = Case(competition, item, figures[item.id], now)
        found += BY_STATE[item.state](case)
    order = {"bad": 0, "warn": 1, "good": 2}
    return sorted(found, key=lambda finding: order[finding.tone])


def _of_competition(competition: Competition, teams: int, now: datetime) -> Iterator[Finding]:
    slug = competition.slug
    if not competition.tracks:
        yield Finding("bad", _("There is no track yet."), url_for("rounds.tracks", slug=slug))
    if not competition.rounds:
        yield Finding("bad", _("There is no round yet."), url_for("rounds.new_round", slug=slug))
    if competition.state is CompetitionState.DRAFT and competition.tracks and competition.rounds:
        text = _("The competition is a draft: only people with a role can see it. Open it below.")
        yield Finding("warn", text, "#competition")
    if competition.state is CompetitionState.OPEN:
        yield from _of_registration(competition, teams, now)
        if any(item.state in LATE_FOR_TEAMS for item in competition.rounds):
            text = _("Judging has begun, yet the competition still shows as open for teams.")
            yield Finding("warn", text, "#competition")


LATE_FOR_TEAMS = (RoundState.JUDGING, RoundState.LOCKED, RoundState.RESULTS)


def _of_registration(competition: Competition, teams: int, now: datetime) -> Iterator[Finding]:
    until = competition.registration_closes_at
    if until is None or is_in_time(now, until):
        return
    if not teams:
        yield Finding(
            "bad",
            _("Registration has closed and no team has registered."),
            url_for("rounds.settings", slug=competition.slug),
        )


def _in_setup(case: Case) -> Iterator[Finding]:
    figures, at = case.figures, case.round.submissions_close_at
    complete = figures.is_rubric_complete
    if not figures.criteria:
        text = _("%(name)s has no rubric yet.", name=case.name)
        yield Finding("bad", text, case.url("rubrics.edit"))
    elif not complete:
        text = _(
            "%(name)s: the weights of the rubric add up to %(sum)s, not to 100.",
            name=case.name,
            sum=number(figures.weight_sum),
        )
        yield Finding("bad", text, case.url("rubrics.edit"))
    if at is None:
        text = _("%(name)s has no deadline for entries.", name=case.name)
        yield Finding("bad", text, case.url("rounds.round_settings"))
    elif not is_in_time(case.now, at):
        text = _("%(name)s: the deadline for entries has passed already.", name=case.name)
        yield Finding("bad", text, case.url("rounds.round_settings"))
    elif complete and case.competition.state is not CompetitionState.DRAFT:
        text = _("%(name)s is set up. It can receive entries.", name=case.name)
        yield Finding("good", text, f"#round-{case.round.position}")


def _in_receiving(case: Case) -> Iterator[Finding]:
    at, drafts = case.round.submissions_close_at, case.figures.entries[EntryState.DRAFT]
    submitted = case.figures.judgeable
    here = f"#round-{case.round.position}"
    if at is not None and not is_in_time(case.now, at):
        text = _(
            "%(name)s: entries closed %(time)s. Go on to screening.",
            name=case.name,
            time=deadline(at),
        )
        yield Finding("bad", text, here)
        return
    if at is not None and drafts and at - case.now < SOON:
        text = ngettext(
            "%(name)s: %(num)s team has a draft it has not submitted; %(left)s left.",
            "%(name)s: %(num)s teams have a draft they have not submitted; %(left)s left.",
            drafts,
            name=case.name,
            left=duration(at - case.now),
        )
        yield Finding("warn", text, case.url("submissions.entries"))
    text = ngettext(
        "%(name)s receives entries: %(num)s submitted so far.",
        "%(name)s receives entries: %(num)s submitted so far.",
        submitted,
        name=case.name,
    )
    yield Finding("good", text, case.url("submissions.entries"))


def _in_screening(case: Case) -> Iterator[Finding]:
    waiting = case.figures.entries[EntryState.SUBMITTED]
    returned = case.figures.entries[EntryState.RETURNED]
    url = case.url("submissions.entries")
    if waiting:
        text = ngettext(
            "%(name)s: %(num)s entry waits to be screened.",
            "%(name)s: %(num)s entries wait to be screened.",
            waiting,
            name=case.name,
        )
        yield Finding("bad", text, url)
    if returned:
        text = ngettext(
            "%(name)s: %(num)s entry was returned and has not come back.",
            "%(name)s: %(num)s entries were returned and have not come back.",
            returned,
            name=case.name,
        )
        yield Finding("warn", text, url)
    if not waiting and not returned:
        text = _("%(name)s: every entry is screened. Go on to assign judges.", name=case.name)
        yield Finding("good", text, f"#round-{case.round.position}")


def _in_assigning(case: Case) -> Iterator[Finding]:
    if not case.figures.panel:
        text = _("%(name)s has no judge on its panel.", name=case.name)
        yield Finding("bad", text, case.url("panels.assignment"))
    yield from _coverage(case, "bad")
    if case.figures.panel and not case.figures.entries_short:
        text = _("%(name)s: every entry has its judges. Judging can start.", name=case.name)
        yield Finding("good", text, f"#round-{case.round.position}")


def _coverage(case: Case, tone: str) -> Iterator[Finding]:
    figures, url = case.figures, case.url("panels.assignment")
    if figures.entries_unassigned:
        text = ngettext(
            "%(name)s: %(num)s entry has no confirmed judge.",
            "%(name)s: %(num)s entries have no confirmed judge.",
            figures.entries_unassigned,
            name=case.name,
        )
        yield Finding("bad", text, url)
    some = figures.entries_short - figures.entries_unassigned
    if some:
        text = ngettext(
            "%(name)s: %(num)s entry has fewer than %(wanted)s judges.",
            "%(name)s: %(num)s entries have fewer than %(wanted)s judges.",
            some,
            name=case.name,
            wanted=case.round.judges_per_entry,
        )
        yield Finding(tone, text, url)
    proposed = figures.assignments[AssignmentState.PROPOSED]
    if proposed:
        text = ngettext(
            "%(name)s: %(num)s assignment is proposed and not confirmed.",
            "%(name)s: %(num)s assignments are proposed and not confirmed.",
            proposed,
            name=case.name,
        )
        yield Finding("warn", text, url)


def _in_judging(case: Case) -> Iterator[Finding]:
    figures, at = case.figures, case.round.judging_closes_at
    url = case.url("scorecards.progress")
    yield from _coverage(case, "warn")
    returned = figures.scorecards[ScorecardState.RETURNED]
    if returned:
        text = ngettext(
            "%(name)s: %(num)s scorecard was returned to its judge and has not come back.",
            "%(name)s: %(num)s scorecards were returned to their judges and have not come back.",
            returned,
            name=case.name,
        )
        yield Finding("warn", text, url)
    values = {"name": case.name, "missing": figures.missing, "expected": figures.expected}
    if not figures.missing:
        text = _("%(name)s: every scorecard is in. The scores can be locked.", name=case.name)
        yield Finding("good", text, f"#round-{case.round.position}")
    elif at is not None and not is_in_time(case.now, at):
        text = ngettext(
            "%(name)s: judging closed, and %(missing)s of %(expected)s scorecards are late;"
            " %(num)s judge still owes some.",
            "%(name)s: judging closed, and %(missing)s of %(expected)s scorecards are late;"
            " %(num)s judges still owe some.",
            figures.judges_behind,
            **values,
        )
        yield Finding("bad", text, url)
    else:
        yield _on_the_way(case, values)


def _on_the_way(case: Case, values: dict[str, object]) -> Finding:
    at, url = case.round.judging_closes_at, case.url("scorecards.progress")
    if at is None:
        text = _(
            "%(name)s: %(missing)s of %(expected)s scorecards are still to come. Judging has no"
            " deadline.",
            **values,
        )
        return Finding("warn", text, case.url("rounds.round_settings"))
    left = at - case.now
    text = _(
        "%(name)s: %(missing)s of %(expected)s scorecards are still to come; %(left)s left.",
        **values,
        left=duration(left),
    )
    return Finding("warn" if left < SOON else "good", text, url)


def _when_locked(case: Case) -> Iterator[Finding]:
    url = case.url("results.preview")
    if case.figures.runs:
        text = _("%(name)s: the ranking is computed. Look at it.", name=case.name)
        yield Finding("good", text, url)
    else:
        text = _("%(name)s: the scores are locked. Compute the ranking.", name=case.name)
        yield Finding("bad", text, url)


def _in_results(case: Case) -> Iterator[Finding]:
    url = case.url("results.preview")
    if case.figures.is_published:
        text = _("%(name)s: the results are published.", name=case.name)
        yield Finding("good", text, url)
    else:
        text = _("%(name)s: the results are not published yet.", name=case.name)
        yield Finding("bad", text, url)


BY_STATE: Mapping[RoundState, Callable[[Case], Iterator[Finding]]] = {
    RoundState.SETUP: _in_setup,
    RoundState.RECEIVING: _in_receiving,
    RoundState.SCREENING: _in_screening,
    RoundState.ASSIGNING: _in_assigning,
    RoundState.JUDGING: _in_judging,
    RoundState.LOCKED: _when_locked,
    RoundState.RESULTS: _in_results,
}
