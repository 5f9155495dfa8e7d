"""Everything that the pages around one scorecard show: entry, rubric, ratings, totals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from competition.errors import NotFound, Problem, WrongState
from competition.guards import now, session
from competition.models import Round
from competition.queries.scorecards import (
    CriterionView,
    Mark,
    ScoringFacts,
    TeamNames,
    criteria_of,
    highest_total,
    judged_round,
    marks,
    points,
    team_names,
    total_of,
)
from competition.queries.submissions import JudgedEntry, entry_for_judges
from competition.services import scorecards as service
from competition.web.formats import use_zone
from competition.web.forms.scorecards import ScoreForm
from competition.web.messages import problem_sentence, sentence


@dataclass(frozen=True)
class Difference:
    """One field that says something else here than what was saved elsewhere."""

    kind: str
    """`rating`, `reason`, `comment` or `note`."""
    number: int | None
    """Of the criterion; None for the texts about the whole entry."""
    here: str
    there: str


@dataclass
class Bench:
    """One scorecard with all that lies around it."""

    facts: ScoringFacts
    of: Round
    entry: JudgedEntry
    names: TeamNames | None
    """The team and its school, unless the round is blind."""
    criteria: Sequence[CriterionView]
    held: Sequence[Mark]
    form: ScoreForm
    closed: str
    """Why nothing can be changed, in words."""
    clash: list[Difference] = field(default_factory=list)
    is_clash: bool = False

    @property
    def ratings(self) -> Mapping[int, Decimal]:
        known = {criterion.id for criterion in self.criteria}
        return {key: value for key, value in self.form.numbers().items() if key in known}

    @property
    def parts(self) -> list[Decimal | None]:
        """Each criterion's part of the total."""
        given = self.ratings
        return [
            points(given[item.id], item.factor) if item.id in given else None
            for item in self.criteria
        ]

    @property
    def missing(self) -> list[tuple[str, str]]:
        """What submitting needs yet: the field and the sentence."""
        problems: Sequence[Problem] = service.missing(self.criteria, self.held)
        return [(problem.field or "", problem_sentence(problem)) for problem in problems]

    def context(self) -> dict[str, Any]:
        """The names that the templates know."""
        return {
            "competition": self.of.competition,
            "of": self.of,
            "facts": self.facts,
            "entry": self.entry,
            "names": self.names,
            "criteria": self.criteria,
            "form": self.form,
            "errors": self.form.errors,
            "closed": self.closed,
            "clash": self.clash,
            "is_clash": self.is_clash,
            "total": total_of(self.criteria, self.ratings),
            "out_of": highest_total(self.criteria),
            "parts": self.parts,
            "done": len(self.ratings),
            "missing": self.missing,
        }


def bench(facts: ScoringFacts, form: ScoreForm | None = None) -> Bench:
    """Gather everything; `form` is what was typed, else what is stored stands in it."""
    if facts.rubric_id is None:
        raise WrongState("no_rubric")
    of = judged_round(session(), facts.round_id)
    use_zone(of.competition.zone)
    entry = entry_for_judges(session(), facts.entry_id)
    if entry is None:
        raise NotFound
    held = marks(session(), rubric_id=facts.rubric_id, scorecard_id=facts.scorecard_id)
    closed = service.why_closed(facts, now())
    return Bench(
        facts,
        of,
        entry,
        None if of.is_blind else team_names(session(), facts.team_id),
        criteria_of(session(), facts.rubric_id),
        held,
        form or stored_form(facts, held),
        sentence(closed.code, closed.facts) if closed else "",
    )


def stored_form(facts: ScoringFacts, held: Sequence[Mark]) -> ScoreForm:
    return ScoreForm.stored(held, comment=facts.comment, note=facts.note, revision=facts.revision)


def with_clash(found: Bench) -> Bench:
    """Set what was typed beside what was saved meanwhile; saving again is then a decision."""
    stored = stored_form(found.facts, found.held)
    fields: dict[str, tuple[str, int | None]] = {}
    for criterion in found.criteria:
        for kind in ("rating", "reason"):
            fields[f"{kind}-{criterion.id}"] = kind, criterion.position
    fields |= {kind: (kind, None) for kind in ("comment", "note")}
    found.clash = [
        Difference(kind, number, found.form.texts.get(name, ""), stored.texts.get(name, ""))
        for name, (kind, number) in fields.items()
        if found.form.texts.get(name, "").strip() != stored.texts.get(name, "").strip()
    ]
    found.is_clash = True
    found.form.revision = found.facts.revision
    return found
