"""Computing a ranking and keeping it as a run that never changes."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from competition import __version__
from competition.errors import Invalid
from competition.models import JudgeSeverity, Round, ScoreRun, Standing
from competition.policies import Actor, Permission, authorize
from competition.queries.results import (
    Calculation,
    RoundRatings,
    calculate,
    ratings_of_round,
    rulebook_of_round,
)
from competition.queries.results.explaining import detail_of
from competition.scoring.errors import ScoringError
from competition.scoring.rulebook import RuleBook
from competition.services.record import audit, plain
from competition.vocabulary import Method


@dataclass(frozen=True, eq=False)
class RunDraft:
    """A calculation made beforehand, which holds as long as nothing that goes in has changed."""

    inputs: RoundRatings
    rules: RuleBook
    seed: int
    calculation: Calculation

    def fits(self, inputs: RoundRatings, rules: RuleBook, seed: int) -> bool:
        """Whether it was made from just these."""
        known = (self.inputs.digest, self.inputs.judge_ids, self.rules.digest, self.seed)
        return known == (inputs.digest, inputs.judge_ids, rules.digest, seed)


def draft_run(
    session: Session,
    *,
    actor: Actor,
    of: Round,
    method: Method | None = None,
    seed: int | None = None,
) -> Callable[[], RunDraft | None]:
    """Read what a run needs; calling the answer calculates, without the database.

    A simulation takes seconds, and judges must be able to save meanwhile. The answer gives None
    where such a run exists already.

    Raises
    ------
    Invalid, NotFound, Forbidden
        As `compute`; the answer raises Invalid where the rules do not fit the ratings.
    """
    authorize(actor, Permission.COMPUTE_RESULTS, of)
    inputs, rules, seed = _inputs(session, of, method, seed)
    if _existing(session, of, inputs, rules, seed) is not None:
        return lambda: None
    return lambda: RunDraft(inputs, rules, seed, _calculated(inputs, rules, seed))


def compute(
    session: Session,
    *,
    actor: Actor,
    of: Round,
    now: datetime,
    method: Method | None = None,
    seed: int | None = None,
    draft: RunDraft | None = None,
) -> ScoreRun:
    """Rank the entries of a round from its submitted scorecards, as its rule book says.

    `method` asks for another method than the rule book's, `seed` for another seed. The same
    inputs, rules, seed and software give the run that exists already. A `draft` is taken if it
    still holds. Publishes nothing.

    Raises
    ------
    Invalid
        No scorecard is submitted, or the rule book cannot be executed on the ratings.
    NotFound, Forbidden
        The actor may not compute results here.
    """
    authorize(actor, Permission.COMPUTE_RESULTS, of)
    # The lock numbers the runs; judges who submit meanwhile wait for it, so that all statements
    # below see the same scorecards.
    session.execute(select(Round.id).where(Round.id == of.id).with_for_update(key_share=True))
    inputs, rules, seed = _inputs(session, of, method, seed)
    run = _existing(session, of, inputs, rules, seed)
    if run is not None:
        return run
    if draft is not None and draft.fits(inputs, rules, seed):
        calculation = draft.calculation
    else:
        calculation = _calculated(inputs, rules, seed)
    run = _run(session, of, inputs, rules, calculation, actor, now)
    session.add(run)
    session.flush()
    session.execute(insert(Standing), _standings(run, inputs, calculation))
    severities = _severities(run, inputs, calculation)
    session.execute(insert(JudgeSeverity), severities)
    audit(
        session,
        actor=actor,
        action="compute_results",
        now=now,
        thing=run,
        name=str(of.name),
        competition_id=of.competition_id,
        after={
            "run": run.number,
            "method": run.method,
            "rules_digest": run.rules_digest,
            "input_digest": run.input_digest,
            "scorecards": run.scorecards,
        },
    )
    return run


def _inputs(
    session: Session, of: Round, method: Method | None, seed: int | None
) -> tuple[RoundRatings, RuleBook, int]:
    inputs = ratings_of_round(session, round_id=of.id)
    if inputs.ratings is None:
        raise Invalid.one("no_scorecard_to_rank")
    try:
        rules = rulebook_of_round(session, of=of, method=method)
    except ScoringError as error:
        raise Invalid.one("rules_do_not_fit", detail=str(error)) from error
    return inputs, rules, rules.seed or 0 if seed is None else seed


def _calculated(inputs: RoundRatings, rules: RuleBook, seed: int) -> Calculation:
    try:
        return calculate(inputs, rules, seed)
    except ScoringError as error:
        raise Invalid.one("rules_do_not_fit", detail=str(error)) from error


def _existing(
    session: Session, of: Round, inputs: RoundRatings, rules: RuleBook, seed: int
) -> ScoreRun | None:
    return session.scalar(
        select(ScoreRun)
        .where(
            ScoreRun.round_id == of.id,
            ScoreRun.input_digest == inputs.digest,
            ScoreRun.rules_digest == rules.digest,
            ScoreRun.scorecards_missing == inputs.missing,
            ScoreRun.seed == seed,
            ScoreRun.code_version == __version__,
        )
        .order_by(ScoreRun.number.desc())
        .limit(1)
    )


def _run(
    session: Session,
    of: Round,
    inputs: RoundRatings,
    rules: RuleBook,
    calculation: Calculation,
    actor: Actor,
    now: datetime,
) -> ScoreRun:
    last = session.scalar(select(func.max(ScoreRun.number)).where(ScoreRun.round_id == of.id))
    result = calculation.result
    return ScoreRun(
        round_id=of.id,
        number=(last or 0) + 1,
        method=result.method,
        rules=rules.to_dict(),
        rules_digest=rules.digest,
        input_digest=inputs.digest,
        code_version=__version__,
        seed=result.seed,
        scorecards=inputs.scorecards,
        scorecards_missing=inputs.missing,
        components=result.components,
        sigma2=_known(result.sigma2),
        warnings=[
            {"code": warning.code, "facts": plain(warning.facts)} for warning in result.warnings
        ],
        created_by=actor.account_id,
        created_at=now,
    )


def _standings(
    run: ScoreRun, inputs: RoundRatings, calculation: Calculation
) -> list[dict[str, Any]]:
    result = calculation.result
    return [
        {
            "run_id": run.id,
            "entry_id": inputs.entry_ids[place],
            "track_id": inputs.track_ids[place],
            "component": int(result.component[place]),
            "rank": calculation.ranks[place],
            "score": _known(result.score[place]),
            "adjusted": _known(result.adjusted[place]),
            "raw": _known(result.raw[place]),
            "se": _known(result.se[place]),
            "judges": int(result.n_judges[place]),
            "detail": detail_of(result, str(number)),
        }
        for place, number in enumerate(result.entries)
    ]


def _severities(
    run: ScoreRun, inputs: RoundRatings, calculation: Calculation
) -> list[dict[str, Any]]:
    result = calculation.result
    return [
        {
            "run_id": run.id,
            "judge_id": judge_id,
            "severity": _known(result.severity[place]),
            "se": _known(result.severity_se[place]),
            "entries": int(result.judge_n[place]),
        }
        for place, judge_id in enumerate(inputs.judge_ids)
    ]


def _known(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None
