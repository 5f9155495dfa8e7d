"""Adding a round, changing its settings, and taking an unused one away."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from competition.errors import Invalid, Problem, WrongState
from competition.models import Competition, LocalText, PanelMember, Round, Rubric
from competition.policies import Actor, Permission, authorize
from competition.queries.rounds import round_figures
from competition.scoring.errors import BadRules
from competition.scoring.rulebook import RuleBook
from competition.services.record import audit, snapshot
from competition.services.rounds.checks import (
    NAME_MAX,
    deadline_problems,
    lock_competition,
    lock_round,
    number_problems,
    text_problems,
)
from competition.vocabulary import RoundState

JUDGES_LIMIT = 50


def default_scoring() -> dict[str, Any]:
    """Each judge's total, the mean of the judges, two decimals."""
    return {
        "method": "mean",
        "unit": "scorecard",
        "drop_high": 1,
        "drop_low": 1,
        "drop_minimum": 5,
        "round": {"total": 2},
    }


@dataclass(frozen=True, kw_only=True)
class RoundSettings:
    """What an organizer decides about a round."""

    name: LocalText
    opens_at: datetime | None = None
    submissions_close_at: datetime | None = None
    judging_closes_at: datetime | None = None
    judges_per_entry: int = 3
    is_blind: bool = True
    spread_threshold: Decimal | None = None
    scoring: Mapping[str, Any] = field(default_factory=default_scoring)
    """The table `scoring` of the rule book, as `RuleBook.from_dict` takes it."""

    def write_on(self, round_: Round) -> None:
        for item in fields(self):
            value = getattr(self, item.name)
            setattr(round_, item.name, dict(value) if item.name == "scoring" else value)


def add_round(
    session: Session,
    *,
    actor: Actor,
    competition: Competition,
    settings: RoundSettings,
    now: datetime,
) -> Round:
    """A new last round in setup, with an empty rubric."""
    authorize(actor, Permission.MANAGE_COMPETITION, competition)
    problems = list(_problems(settings, before=None, now=now))
    if problems:
        raise Invalid(problems)
    lock_competition(
        session, competition
    )  # whoever adds a round at the same time waits for the number
    position = max((item.position for item in competition.rounds), default=0) + 1
    added = Round(competition_id=competition.id, position=position, created_at=now)
    settings.write_on(added)
    session.add_all([added, Rubric(round=added)])
    session.flush()
    session.expire(competition, ["rounds"])
    audit(
        session,
        actor=actor,
        action="add_round",
        now=now,
        thing=added,
        name=str(added.name),
        competition_id=competition.id,
        after=snapshot(added),
    )
    return added


def update_round(
    session: Session,
    *,
    actor: Actor,
    round_: Round,
    settings: RoundSettings,
    revision: int,
    now: datetime,
) -> None:
    """Change the settings; Conflict when somebody else changed them since `revision`."""
    authorize(actor, Permission.MANAGE_COMPETITION, round_)
    lock_round(session, round_, revision)
    problems = list(_problems(settings, before=round_, now=now))
    if problems:
        raise Invalid(problems)
    before = snapshot(round_)
    settings.write_on(round_)
    if not session.is_modified(round_):
        return
    session.flush()
    audit(
        session,
        actor=actor,
        action="update_round",
        now=now,
        thing=round_,
        name=str(round_.name),
        competition_id=round_.competition_id,
        before=before,
        after=snapshot(round_),
    )


def remove_round(session: Session, *, actor: Actor, round_: Round, now: datetime) -> None:
    """Take the last round away while nothing hangs on it; WrongState otherwise."""
    authorize(actor, Permission.MANAGE_COMPETITION, round_)
    competition = round_.competition
    lock_competition(session, competition)
    lock_round(session, round_)
    figures = round_figures(session, [round_.id])[round_.id]
    is_last = all(item.position <= round_.position for item in competition.rounds)
    if round_.state is not RoundState.SETUP or figures.has_traces or not is_last:
        raise WrongState("round_in_use", name=str(round_.name))
    audit(
        session,
        actor=actor,
        action="remove_round",
        now=now,
        thing=round_,
        name=str(round_.name),
        competition_id=competition.id,
        before=snapshot(round_),
    )
    session.execute(delete(PanelMember).where(PanelMember.round_id == round_.id))
    for rubric in session.scalars(select(Rubric).where(Rubric.round_id == round_.id)):
        session.delete(rubric)
    session.flush()
    session.delete(round_)
    session.flush()
    session.expire(competition, ["rounds"])


def _problems(settings: RoundSettings, *, before: Round | None, now: datetime) -> Iterator[Problem]:
    yield from text_problems(settings.name, "name", limit=NAME_MAX, needed=True)
    for name in ("submissions_close_at", "judging_closes_at"):
        old = getattr(before, name) if before else None
        yield from deadline_problems(name, getattr(settings, name), old, now)
    yield from _order_problems(settings)
    if not 1 <= settings.judges_per_entry <= JUDGES_LIMIT:
        yield Problem.of("not_between", field="judges_per_entry", low=1, high=JUDGES_LIMIT)
    if settings.spread_threshold is not None:
        if settings.spread_threshold <= 0:
            yield Problem.of("not_positive", field="spread_threshold")
        yield from number_problems("spread_threshold", settings.spread_threshold)
    yield from _scoring_problems(settings.scoring)


def _order_problems(settings: RoundSettings) -> Iterator[Problem]:
    opens, closes = settings.opens_at, settings.submissions_close_at
    judging = settings.judging_closes_at
    if opens is not None and closes is not None and closes <= opens:
        yield Problem.of("closes_before_opening", field="submissions_close_at")
    if closes is not None and judging is not None and judging <= closes:
        yield Problem.of("judging_before_entries", field="judging_closes_at")


def _scoring_problems(scoring: Mapping[str, Any]) -> Iterator[Problem]:
    """What the rule book itself says; its keys `scoring.round.total` name fields `round_total`."""
    try:
        RuleBook.from_dict({"scoring": dict(scoring)})
    except BadRules as refusal:
        facts = refusal.facts
        key = str(facts.get("key", "")).removeprefix("scoring.").replace(".", "_")
        yield Problem.of(
            f"rule_{facts['problem']}", field=key, allowed=str(facts.get("allowed", ""))
        )
