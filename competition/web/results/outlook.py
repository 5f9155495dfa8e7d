"""How things stand with the results of a round, and what there is to do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import gettext as _

from competition.guards import session
from competition.models import Publication, Round, ScoreRun
from competition.queries.results import (
    MissingScorecards,
    RoundRatings,
    missing_scorecards,
    publications_of_round,
    ratings_of_round,
    rulebook_of_round,
    runs_of_round,
)
from competition.scoring.errors import ScoringError
from competition.scoring.rulebook import RuleBook
from competition.vocabulary import Method, RoundState
from competition.web.results.words import LOOK, warning_sentence


@dataclass(frozen=True)
class Outlook:
    """How things stand with the results of a round, for the organizer's page."""

    inputs: RoundRatings
    rules: RuleBook | None
    """None: rubric and scoring rules do not fit together."""
    runs: Sequence[ScoreRun]
    publications: Sequence[Publication]
    missing: Sequence[MissingScorecards]

    @property
    def live(self) -> Publication | None:
        return next((item for item in self.publications if item.withdrawn_at is None), None)

    @property
    def expected(self) -> int:
        return self.inputs.scorecards + self.inputs.missing

    def is_fresh(self, run: ScoreRun) -> bool:
        """Whether the run was computed from the scorecards as they are now."""
        return run.input_digest == self.inputs.digest

    def run_by(self, method: Method) -> ScoreRun | None:
        """The newest run under a method from the scorecards as they are now."""
        return next(
            (run for run in self.runs if run.method == method.value and self.is_fresh(run)), None
        )

    def published(self, run: ScoreRun) -> Publication | None:
        """The last publication of a run."""
        return next((item for item in self.publications if item.run_id == run.id), None)


def outlook_of(of: Round) -> Outlook:
    inputs = ratings_of_round(session(), round_id=of.id)
    try:
        rules = rulebook_of_round(session(), of=of)
    except ScoringError:
        rules = None
    return Outlook(
        inputs=inputs,
        rules=rules,
        runs=runs_of_round(session(), round_id=of.id),
        publications=publications_of_round(session(), round_id=of.id),
        missing=missing_scorecards(session(), round_id=of.id) if inputs.missing else (),
    )


def state_line(of: Round, outlook: Outlook) -> str:
    """Where the round's results stand, in one sentence."""
    if outlook.live is not None:
        return str(_("Run %(number)s is public.", number=outlook.live.run.number))
    if of.state in {RoundState.LOCKED, RoundState.RESULTS}:
        return str(_("The scorecards are locked. Nothing is public."))
    if of.state is RoundState.JUDGING:
        text = _(
            "Judging goes on: %(submitted)s of %(all)s scorecards are in. Nothing is public.",
            submitted=outlook.inputs.scorecards,
            all=outlook.expected,
        )
        return str(text)
    return str(_("Judging has not begun."))


def next_act(of: Round, outlook: Outlook, run: ScoreRun | None) -> str:
    """The one thing to do next on this page, if there is one."""
    if not outlook.inputs.scorecards or outlook.rules is None:
        return ""
    if run is None or not outlook.is_fresh(run):
        declared = outlook.run_by(Method(outlook.rules.method))
        return "compute" if declared is None else ""
    is_public = outlook.live is not None and outlook.live.run_id == run.id
    is_locked = of.state in {RoundState.LOCKED, RoundState.RESULTS}
    return "publish" if is_locked and not is_public else ""


def findings_of(run: ScoreRun) -> list[tuple[str, str, str]]:
    """The run's warnings as findings: tone, word, sentence; what needs a look comes first."""
    items = sorted(run.warnings, key=lambda item: item["code"] not in LOOK)
    return [
        ("warn", _("Look"), warning_sentence(item))
        if item["code"] in LOOK
        else ("info", _("Note"), warning_sentence(item))
        for item in items
    ]
