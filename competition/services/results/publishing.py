"""Making a run public, and taking it back."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from competition.errors import Conflict, Invalid, WrongState
from competition.models import Publication, Round, ScoreRun
from competition.policies import Actor, Permission, authorize
from competition.queries.results import live_publication, ratings_of_round, rulebook_of_round
from competition.scoring.errors import ScoringError
from competition.services.record import audit, snapshot
from competition.services.rounds import move_round
from competition.vocabulary import Method, RoundState

REASON_MAX = 2000
REPLACED = "replaced by run %d"


def publish(
    session: Session,
    *,
    actor: Actor,
    run: ScoreRun,
    instead_of: int | None,
    now: datetime,
) -> Publication:
    """Make a run public: the ranking of its round, with the teams' names.

    Whatever was public of the round is withdrawn in the same transaction. A locked round moves
    to its results.

    Parameters
    ----------
    instead_of : int or None
        The publication that the organizer saw as public; None: nothing was.

    Raises
    ------
    WrongState
        The round's scorecards are not locked.
    Conflict
        `published_already`: this run is public. `published_meanwhile`: another one is than the
        organizer saw. `inputs_changed`, `rules_changed`: the run was not computed from the
        scorecards as they are locked, or not by the rule book as it is now.
    """
    authorize(actor, Permission.PUBLISH_RESULTS, run.round)
    of = _locked(session, run.round_id)
    if of.state not in {RoundState.LOCKED, RoundState.RESULTS}:
        raise WrongState("round_not_locked", object="round", state=of.state)
    live = live_publication(session, round_id=of.id)
    if live is not None and live.run_id == run.id:
        raise Conflict("published_already", number=run.number)
    if (live.id if live else None) != instead_of:
        raise Conflict("published_meanwhile")
    _check_fresh(session, of, run)
    if live is not None:
        _take_back(session, actor, live, REPLACED % run.number, now)
    publication = Publication(
        round_id=of.id, run_id=run.id, published_by=actor.account_id, published_at=now
    )
    session.add(publication)
    audit(
        session,
        actor=actor,
        action="publish_results",
        now=now,
        thing=publication,
        name=str(of.name),
        competition_id=of.competition_id,
        after={"run": run.number, "method": run.method, "input_digest": run.input_digest},
    )
    if of.state is RoundState.LOCKED:
        move_round(session, actor=actor, round_=of, target=RoundState.RESULTS, now=now)
    return publication


def withdraw(
    session: Session, *, actor: Actor, publication: Publication, reason: str, now: datetime
) -> None:
    """Take results back from the public; the round goes back to its locked scorecards.

    Raises Invalid without a reason, and Conflict when they are not public any more.
    """
    authorize(actor, Permission.PUBLISH_RESULTS, publication.round)
    of = _locked(session, publication.round_id)
    session.refresh(publication)
    if publication.withdrawn_at is not None:
        raise Conflict("withdrawn_already")
    reason = reason.strip()
    if not reason:
        raise Invalid.one("withdrawal_reason_missing", field="reason")
    if len(reason) > REASON_MAX:
        raise Invalid.one("too_long", field="reason", limit=REASON_MAX)
    _take_back(session, actor, publication, reason, now)
    if of.state is RoundState.RESULTS:
        move_round(session, actor=actor, round_=of, target=RoundState.LOCKED, now=now)


def _locked(session: Session, round_id: int) -> Round:
    """The round as it is now, held until the transaction ends: one organizer at a time."""
    return session.scalars(
        select(Round)
        .where(Round.id == round_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).one()


def _check_fresh(session: Session, of: Round, run: ScoreRun) -> None:
    """Refuse a run whose inputs or rules are not those of now."""
    inputs = ratings_of_round(session, round_id=of.id)
    if inputs.digest != run.input_digest:
        raise Conflict("inputs_changed", number=run.number)
    try:
        rules = rulebook_of_round(session, of=of, method=Method(run.method))
    except ScoringError as error:
        raise Conflict("rules_changed", number=run.number) from error
    if rules.digest != run.rules_digest:
        raise Conflict("rules_changed", number=run.number)


def _take_back(
    session: Session, actor: Actor, publication: Publication, reason: str, now: datetime
) -> None:
    before = snapshot(publication)
    publication.withdrawn_by = actor.account_id
    publication.withdrawn_at = now
    publication.withdrawal_reason = reason
    session.flush()  # before another one becomes public: only one may be
    audit(
        session,
        actor=actor,
        action="withdraw_results",
        now=now,
        thing=publication,
        name=str(publication.round.name),
        competition_id=publication.round.competition_id,
        before=before,
        after=snapshot(publication),
    )
