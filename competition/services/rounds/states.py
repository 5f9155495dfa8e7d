"""Moving a competition and its rounds from state to state, when their conditions hold."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from sqlalchemy.orm import Session

from competition.errors import Invalid, Problem, WrongState
from competition.models import Competition, Round
from competition.policies import Actor, Permission, authorize
from competition.policies.deadlines import is_in_time
from competition.queries.rounds import RoundFigures, round_figures, team_count
from competition.services.record import audit
from competition.services.rounds.checks import lock_competition, lock_round
from competition.services.submissions.entries import settle_drafts
from competition.vocabulary import (
    COMPETITION_TRANSITIONS,
    ROUND_TRANSITIONS,
    AssignmentState,
    CompetitionState,
    EntryState,
    RoundState,
)

SURE = "sure"
"""The field of a problem that the organizer may set aside by confirming."""


@dataclass(frozen=True)
class RoundCase:
    """What the conditions of a round's transition look at."""

    round: Round
    figures: RoundFigures
    now: datetime


@dataclass(frozen=True)
class CompetitionCase:
    """What the conditions of a competition's transition look at."""

    competition: Competition
    teams: int
    now: datetime


def _rubric_is_complete(case: RoundCase) -> Iterator[Problem]:
    if not case.figures.criteria:
        yield Problem.of("rubric_empty")
    elif not case.figures.is_rubric_complete:
        yield Problem.of("rubric_not_100", sum=f"{case.figures.weight_sum:f}")


def _teams_can_enter(case: RoundCase) -> Iterator[Problem]:
    competition = case.round.competition
    if not competition.tracks:
        yield Problem.of("tracks_missing")
    if competition.state not in {CompetitionState.OPEN, CompetitionState.JUDGING}:
        yield Problem.of("competition_not_open")


def _deadline_is_ahead(case: RoundCase) -> Iterator[Problem]:
    deadline = case.round.submissions_close_at
    if deadline is None:
        yield Problem.of("submission_deadline_missing")
    elif not is_in_time(case.now, deadline):
        yield Problem.of("submission_deadline_over")


def _nobody_has_submitted(case: RoundCase) -> Iterator[Problem]:
    submitted = case.figures.entries.total() - case.figures.entries[EntryState.DRAFT]
    if submitted:
        yield Problem.of("entries_are_in", count=submitted)


def _deadline_is_over(case: RoundCase) -> Iterator[Problem]:
    if is_in_time(case.now, case.round.submissions_close_at):
        yield Problem.of("closes_early", field=SURE, drafts=case.figures.entries[EntryState.DRAFT])


def _there_is_something_to_judge(case: RoundCase) -> Iterator[Problem]:
    if not case.figures.judgeable:
        yield Problem.of("no_entry_to_judge")
    elif case.figures.entries[EntryState.RETURNED]:
        count = case.figures.entries[EntryState.RETURNED]
        yield Problem.of("entries_still_returned", field=SURE, count=count)


def _entries_have_judges(case: RoundCase) -> Iterator[Problem]:
    figures = case.figures
    if not figures.expected:
        yield Problem.of("no_assignment_confirmed")
        return
    proposed = figures.assignments[AssignmentState.PROPOSED]
    if proposed:
        yield Problem.of("assignments_proposed", field=SURE, count=proposed)
    if figures.entries_short:
        yield Problem.of(
            "entries_short_of_judges",
            field=SURE,
            count=figures.entries_short,
            unassigned=figures.entries_unassigned,
            wanted=case.round.judges_per_entry,
        )


def _scorecards_are_in(case: RoundCase) -> Iterator[Problem]:
    figures = case.figures
    if not figures.submitted:
        yield Problem.of("no_scorecard_submitted")
    elif figures.missing:
        yield Problem.of(
            "scorecards_missing",
            field=SURE,
            missing=figures.missing,
            expected=figures.expected,
            judges=figures.judges_behind,
        )


def _a_ranking_is_computed(case: RoundCase) -> Iterator[Problem]:
    if not case.figures.runs:
        yield Problem.of("no_ranking_computed")


def _results_are_not_public(case: RoundCase) -> Iterator[Problem]:
    if case.figures.is_published:
        yield Problem.of("results_are_public")


ROUND_CONDITIONS: Mapping[
    tuple[RoundState, RoundState], tuple[Callable[[RoundCase], Iterator[Problem]], ...]
] = {
    (RoundState.SETUP, RoundState.RECEIVING): (
        _rubric_is_complete,
        _teams_can_enter,
        _deadline_is_ahead,
    ),
    (RoundState.RECEIVING, RoundState.SETUP): (_nobody_has_submitted,),
    (RoundState.RECEIVING, RoundState.SCREENING): (_deadline_is_over,),
    (RoundState.SCREENING, RoundState.RECEIVING): (_deadline_is_ahead,),
    (RoundState.SCREENING, RoundState.ASSIGNING): (_there_is_something_to_judge,),
    (RoundState.ASSIGNING, RoundState.JUDGING): (_rubric_is_complete, _entries_have_judges),
    (RoundState.JUDGING, RoundState.LOCKED): (_scorecards_are_in,),
    (RoundState.LOCKED, RoundState.RESULTS): (_a_ranking_is_computed,),
    (RoundState.LOCKED, RoundState.JUDGING): (_results_are_not_public,),
    (RoundState.RESULTS, RoundState.LOCKED): (_results_are_not_public,),
}
"""What must hold for a transition; one that is missing here needs nothing."""


def _is_presentable(case: CompetitionCase) -> Iterator[Problem]:
    if not case.competition.tracks:
        yield Problem.of("tracks_missing")
    if not case.competition.rounds:
        yield Problem.of("rounds_missing")


def _has_no_team(case: CompetitionCase) -> Iterator[Problem]:
    if case.teams:
        yield Problem.of("teams_registered", count=case.teams)


def _registration_is_over(case: CompetitionCase) -> Iterator[Problem]:
    deadline = case.competition.registration_closes_at
    if deadline is not None and is_in_time(case.now, deadline):
        yield Problem.of("registration_closes_early", field=SURE)


def _rounds_are_done(case: CompetitionCase) -> Iterator[Problem]:
    for item in case.competition.rounds:
        if item.state not in {RoundState.SETUP, RoundState.RESULTS}:
            yield Problem.of("round_unfinished", name=item.name)


COMPETITION_CONDITIONS: Mapping[
    tuple[CompetitionState, CompetitionState],
    tuple[Callable[[CompetitionCase], Iterator[Problem]], ...],
] = {
    (CompetitionState.DRAFT, CompetitionState.OPEN): (_is_presentable,),
    (CompetitionState.OPEN, CompetitionState.DRAFT): (_has_no_team,),
    (CompetitionState.OPEN, CompetitionState.JUDGING): (_registration_is_over,),
    (CompetitionState.JUDGING, CompetitionState.CLOSED): (_rounds_are_done,),
}
"""What must hold for a transition; one that is missing here needs nothing."""

Case = TypeVar("Case")


def _require(
    conditions: Iterable[Callable[[Case], Iterator[Problem]]], case: Case, *, is_sure: bool
) -> None:
    """Refuse with what does not hold; first what must be mended, then what must be confirmed."""
    problems = [problem for condition in conditions for problem in condition(case)]
    hard = [problem for problem in problems if problem.field != SURE]
    if hard or (problems and not is_sure):
        raise Invalid(hard or problems)


def move_round(
    session: Session,
    *,
    actor: Actor,
    round_: Round,
    target: RoundState,
    is_sure: bool = False,
    now: datetime,
) -> None:
    """Move the round to the state `target`.

    Raises WrongState when there is no way from its state to that one, and Invalid with every
    condition that does not hold; those with the field `sure` are set aside by `is_sure`.
    """
    authorize(actor, Permission.MANAGE_COMPETITION, round_)
    lock_round(session, round_)
    before = round_.state
    if target not in ROUND_TRANSITIONS[before]:
        raise WrongState("round_cannot_move", object="round", state=before, allowed=target)
    figures = round_figures(session, [round_.id])[round_.id]
    case = RoundCase(round_, figures, now)
    _require(ROUND_CONDITIONS.get((before, target), ()), case, is_sure=is_sure)
    round_.state = target
    if before is RoundState.RECEIVING and target is RoundState.SCREENING:
        settle_drafts(session, actor=actor, of=round_, now=now)
    audit(
        session,
        actor=actor,
        action="move_round",
        now=now,
        thing=round_,
        name=str(round_.name),
        competition_id=round_.competition_id,
        before={"state": before},
        after={"state": target},
    )


def move_competition(
    session: Session,
    *,
    actor: Actor,
    competition: Competition,
    target: CompetitionState,
    is_sure: bool = False,
    now: datetime,
) -> None:
    """Move the competition to the state `target`; refuses as `move_round` does."""
    authorize(actor, Permission.MANAGE_COMPETITION, competition)
    lock_competition(session, competition)
    before = competition.state
    if target not in COMPETITION_TRANSITIONS[before]:
        raise WrongState("competition_cannot_move", object="competition", state=before)
    case = CompetitionCase(competition, team_count(session, competition_id=competition.id), now)
    _require(COMPETITION_CONDITIONS.get((before, target), ()), case, is_sure=is_sure)
    competition.state = target
    audit(
        session,
        actor=actor,
        action="move_competition",
        now=now,
        thing=competition,
        name=str(competition.name),
        competition_id=competition.id,
        before={"state": before},
        after={"state": target},
    )
