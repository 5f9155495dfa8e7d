"""One analysis of a round's scorecards, as plain figures for pages and files."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from competition.queries.results.analysing.certainty import (
    Certainty,
    certainty_of,
    default_line,
)
from competition.queries.results.analysing.people import (
    EntryIdentity,
    JudgeIdentity,
    People,
    TrackIdentity,
)
from competition.queries.results.calculating import Calculation, calculate
from competition.queries.results.inputs import RoundRatings
from competition.vocabulary import Method

if TYPE_CHECKING:
    from competition.scoring import Result, RuleBook

FAR_APART = 3.0
"""Points of a 100-point scale; a severity that is surely beyond is marked."""

PLANNED = tuple(range(1, 11))
MINUTES = 20.0
"""Of one judge for one entry, where nothing else is known."""


@dataclass(frozen=True)
class JudgeFigures:
    """How one judge scored; None = not known."""

    who: JudgeIdentity
    entries: int
    given: tuple[float, ...]
    mean: float
    severity: float | None
    se: float | None
    scale: float | None
    infit: float | None
    is_marked: bool
    """Whether the severity is surely farther from the panel than `FAR_APART`."""


@dataclass(frozen=True)
class EntryFigures:
    """Where one entry stands before and after the correction, within its track."""

    position: int
    who: EntryIdentity
    component: int
    raw: float | None
    raw_rank: int | None
    adjusted: float | None
    rank: int | None
    is_tied: bool
    estimate: float | None
    """The score of the model that the chances come from, and the rank that it would give."""
    estimate_rank: int | None

    @property
    def move(self) -> int:
        """Places gained by the correction; 0 without a rank."""
        return 0 if self.rank is None or self.raw_rank is None else self.raw_rank - self.rank


@dataclass(frozen=True)
class TrackAnalysis:
    """One track: its entries by rank, and how sure the ranks are around its line."""

    track: TrackIdentity
    entries: tuple[EntryFigures, ...]
    certainty: Certainty | None
    line: int

    @property
    def scored(self) -> tuple[EntryFigures, ...]:
        return tuple(item for item in self.entries if item.rank is not None)

    @property
    def movers(self) -> tuple[EntryFigures, ...]:
        """Entries that move, the farthest first."""
        moved = [item for item in self.scored if item.move]
        return tuple(sorted(moved, key=lambda item: (-abs(item.move), item.rank)))

    @property
    def crossing(self) -> tuple[EntryFigures, ...]:
        """Entries on one side of the line by the raw mean and on the other by the ranking."""
        return tuple(
            item
            for item in self.scored
            if ((item.raw_rank or 0) <= self.line) != ((item.rank or 0) <= self.line)
        )

    @property
    def uncertain(self) -> tuple[EntryFigures, ...]:
        """Entries that cannot be told apart from the line."""
        if self.certainty is None:
            return ()
        known = self.certainty.chances
        return tuple(
            item
            for item in self.scored
            if item.position in known and known[item.position].is_uncertain
        )

    @property
    def to_judge_again(self) -> tuple[tuple[EntryFigures, int], ...]:
        """Where further scorecards help most, and how many; the most first."""
        if self.certainty is None:
            return ()
        known = self.certainty.chances
        found = [
            (item, known[item.position].further)
            for item in self.scored
            if item.position in known and known[item.position].further
        ]
        return tuple(sorted(found, key=lambda pair: -pair[1]))


@dataclass(frozen=True)
class Agreement:
    """Shares of agreement from 0 to 1; None = not defined for this design."""

    judges_each: float
    points_one: float | None
    """Reliability of one judge, severities left in: ICC(2,1), or by variance components."""
    points_panel: float | None
    order_one: float | None
    """The same with severities taken out: ICC(3,1)."""
    order_panel: float | None
    alpha: float | None
    """Krippendorff's, interval."""
    w: float | None
    """Kendall's, with ties."""


@dataclass(frozen=True)
class PlanLine:
    """What so many judges an entry would give."""

    judges: int
    raw: float
    """Reliability of the raw mean, the judges' severities in it."""
    adjusted: float
    se: float
    hits: float
    """Expected share of the true best within the line that are found there."""
    hours: float


@dataclass(frozen=True)
class Plan:
    """Judges needed; `needed` by reliability: (for the raw mean, for the adjusted score)."""

    lines: tuple[PlanLine, ...]
    needed: Mapping[float, tuple[int | None, int | None]]
    top: int


@dataclass(frozen=True)
class FavourCheck:
    """Whether judges gave entries of their own organization more than others gave them."""

    tested: int
    overall: float | None
    p: float | None
    lines: tuple[tuple[JudgeIdentity, float, int, float], ...]
    """Judge, points above what others gave, own entries, p (Holm)."""


@dataclass(frozen=True)
class Analysis:
    """All that the analysis page shows; nothing in it changes what is ranked."""

    method: Method
    """Of the ranking."""
    model: str
    """What severities and intervals come from: the ranking's method where it has them."""
    is_estimate: bool
    """Whether the intervals are those of the simulated best estimate."""
    converged: bool | None
    """Whether the simulation that was asked for settled; if not, least squares stands in."""
    r_hat: float | None
    judges: tuple[JudgeFigures, ...]
    tracks: tuple[TrackAnalysis, ...]
    components: int
    connectivity: float | None
    is_weak: bool
    agreement: Agreement
    sources: Mapping[str, float]
    """What each source adds to the variance of one judge's total; empty if not known."""
    plan: Plan | None
    favour: FavourCheck
    differ_p: float | None
    """Chance to see such differences between judges if all were equally strict."""
    sigma: float | None
    """Standard deviation of one score when entry and severity are known."""
    draws: int
    seed: int
    warnings: tuple[dict[str, Any], ...]

    @property
    def severity_range(self) -> float | None:
        """Points between the strictest and the mildest judge."""
        known = [judge.severity for judge in self.judges if judge.severity is not None]
        return max(known) - min(known) if known else None

    @property
    def marked(self) -> tuple[JudgeFigures, ...]:
        return tuple(judge for judge in self.judges if judge.is_marked)


def analyse(
    inputs: RoundRatings,
    rules: RuleBook,
    people: People,
    *,
    lines: Mapping[int, int] | None = None,
    estimate: bool = False,
    seed: int = 0,
) -> Analysis:
    """Analyse the inputs, which have ratings, under the rule book's own method.

    Parameters
    ----------
    inputs, rules, people
    lines : mapping of track position to rank, optional
        The line to look at in each track; else the rule book's, else the best fifth.
    estimate : bool
        Take intervals and chances from the simulated best estimate, which needs a few seconds.
    seed : int
        Of all draws: the same seed gives the same figures.
    """
    from competition.queries.results.analysing import measures

    official = calculate(inputs, rules)
    model = measures.model_of(inputs, rules, official, seed, estimate=estimate)
    converged, r_hat = model.converged if estimate else None, measures.worst_r_hat(model)
    if converged is False:  # draws of chains that disagree are no estimate
        model = measures.model_of(inputs, rules, official, seed, estimate=False)
    scores = official.result.working.totals
    figures = measures.judge_measures(official.result)
    spread = rules.span or 100.0
    judges = [
        _judge(person, place, official.result, model, figures, FAR_APART * spread / 100)
        for place, judge_id in enumerate(inputs.judge_ids)
        if (person := people.judges.get(judge_id)) is not None and scores.per_judge[place]
    ]
    judges.sort(key=lambda item: (-(item.severity or 0), item.who.number))
    variance = measures.variance_of(official.result)
    tracks = tuple(
        _track(track, inputs, official, model, people, dict(lines or {}), seed)
        for track in people.tracks
    )
    top = max((item.line for item in tracks), default=1)
    design = official.result.design
    return Analysis(
        method=Method(rules.method),
        model=model.method,
        is_estimate=bool(converged),
        converged=converged,
        r_hat=r_hat,
        judges=tuple(judges),
        tracks=tracks,
        components=official.result.components,
        connectivity=known(design.normalized),
        is_weak=design.is_weak,
        agreement=measures.agreement_of(official.result, variance),
        sources=measures.sources_of(official.result),
        plan=measures.plan_of(official.result, variance, top=top, minutes=MINUTES),
        favour=measures.favour_of(official.result, inputs, people),
        differ_p=figures.differ_p,
        sigma=known(math.sqrt(figures.sigma2)) if figures.sigma2 >= 0 else None,
        draws=0 if not any(item.certainty for item in tracks) else measures.draws_of(model),
        seed=seed,
        warnings=tuple({"code": w.code, "facts": w.facts} for w in official.result.warnings),
    )


def _judge(
    who: JudgeIdentity, place: int, result: Result, model: Result, figures: Any, far: float
) -> JudgeFigures:
    scores = result.working.totals
    given = scores.value[scores.judge == place]
    severity, se = known(model.severity[place]), known(model.severity_se[place])
    is_marked = severity is not None and se is not None and abs(severity) - 1.96 * se > far
    return JudgeFigures(
        who=who,
        entries=int(given.size),
        given=tuple(sorted(given.tolist())),
        mean=float(given.mean()),
        severity=severity,
        se=se,
        scale=known(figures.scale[place]),
        infit=known(figures.infit[place]),
        is_marked=is_marked,
    )


def _track(
    track: TrackIdentity,
    inputs: RoundRatings,
    official: Calculation,
    model: Result,
    people: People,
    lines: dict[int, int],
    seed: int,
) -> TrackAnalysis:
    import numpy as np

    from competition.scoring import ranks

    result = official.result
    inside = np.flatnonzero(np.array(inputs.track_ids) == track.id)
    raw_rank = ranks(result.raw[inside], result.noise)
    model_rank = ranks(model.adjusted[inside], model.noise)
    shared = [official.ranks[place] for place in inside.tolist()]
    entries = [
        EntryFigures(
            position=place,
            who=people.entries[inputs.entry_ids[place]],
            component=int(result.component[place]),
            raw=known(result.raw[place]),
            raw_rank=int(raw_rank[k]) or None,
            adjusted=known(result.score[place]),
            rank=official.ranks[place],
            is_tied=official.ranks[place] is not None and shared.count(official.ranks[place]) > 1,
            estimate=known(model.adjusted[place]),
            estimate_rank=int(model_rank[k]) or None,
        )
        for k, place in enumerate(inside.tolist())
    ]
    entries.sort(key=lambda item: (item.rank is None, item.component, item.rank or 0))
    scored = [item for item in entries if item.rank is not None]
    declared = [line.seats(len(scored)) for line in result.working.rules.lines]
    line = min(lines.get(track.position) or default_line(len(scored), declared), len(scored))
    certainty = None
    if scored and not (result.is_divided and len({item.component for item in scored}) > 1):
        members = np.array(sorted(item.position for item in scored), dtype=np.int64)
        variance = model.sigma2
        if not variance > 0 and model.variance is not None:
            variance = model.variance.residual
        certainty = certainty_of(model, members, line, seed=seed, score_variance=variance)
    return TrackAnalysis(track, tuple(entries), certainty, line)


def known(value: float) -> float | None:
    """The value, or None where it is not finite."""
    return float(value) if math.isfinite(value) else None


def as_model(rules: RuleBook, method: str) -> RuleBook:
    """The rule book's criteria under a method that estimates judges from whole scorecards."""
    return replace(rules, method=method, unit="scorecard")
