"""What scoring hands back: arrays per entry and judge, and warnings as data."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import asdict, dataclass, field, fields
from functools import cached_property

import numpy as np

from competition.scoring.arrays import Floats, Integers, freeze_all
from competition.scoring.chances import Chances, TopChances
from competition.scoring.diagnostics.agreement import Agreement, agreement
from competition.scoring.diagnostics.connectivity import Connectivity, connectivity
from competition.scoring.diagnostics.judges import (
    FTest,
    JudgeFigures,
    judge_figures,
    severity_test,
)
from competition.scoring.facts import Facts, Figures
from competition.scoring.fits.additive import AdditiveFit
from competition.scoring.lines import DrawnLine
from competition.scoring.methods.averages import raw_means
from competition.scoring.methods.fitted import least_squares
from competition.scoring.ranking import UNRANKED, noise_level
from competition.scoring.rulebook import RuleBook
from competition.scoring.step import ScoreWarning, Step
from competition.scoring.totals import Scorecards, Scores
from competition.scoring.traits import TRAITS

__all__ = ["DrawnLine", "Official", "Result", "ScoreWarning", "Step", "TieBreak", "Working"]


@dataclass(frozen=True, eq=False)
class Official:
    """The method's values, before and after the rule book's rounding.

    Attributes
    ----------
    adjusted, score : float array, shape (n_entries,)
        Before any rounding, and as published.
    rounded, weighted : tuple of float array, shape (n_entries,)
        Step by step: after `round.criterion`, and after `round.weighted`.
    """

    adjusted: Floats
    score: Floats
    rounded: tuple[Floats, ...]
    weighted: tuple[Floats, ...]


@dataclass(frozen=True)
class TieBreak:
    """Entries of one official score, in the order that the tie chain gave them.

    Attributes
    ----------
    rank : int
        The rank that they would share.
    entries : tuple of hashable
        Best first.
    ranks : tuple of int
        After the chain.
    steps : tuple of (str or None), one shorter than `entries`
        The step that put each entry, from the second on, behind the one before
        it; None = they still share a rank.
    """

    rank: int
    entries: tuple[Hashable, ...]
    ranks: tuple[int, ...]
    steps: tuple[str | None, ...]


@dataclass(frozen=True, eq=False)
class Working:
    """The steps behind a result, so that any entry's score can be shown."""

    rules: RuleBook
    cards: Scorecards
    steps: tuple[Step, ...]
    official: Official
    totals: Scores

    @property
    def tie(self) -> float:
        """Official scores that differ by no more than this are equal."""
        noise, places = self.noise, self.rules.round.total
        return noise if places is None else min(noise, 10.0**-places / 2)

    @property
    def noise(self) -> float:
        return noise_level(self.official.adjusted, self.rules.span)


@dataclass(frozen=True, eq=False)
class Result:
    """Scores and ranks of all entries, with what is known about the judges.

    What does not apply to the method is None, or NaN in an array of numbers; arrays are read-only.
    Properties that cost more than a look are computed when they are first read.

    Attributes
    ----------
    method : str
        The method that was asked for; `warnings` tell of any fallback.
    entries, judges : tuple of hashable
        Labels, in the order of the ratings.
    adjusted : float array, shape (n_entries,)
        The method's score before any rounding, in points; NaN = no score.
    score : float array, shape (n_entries,)
        The official score, rounded as the rule book says.
    n_judges : int array, shape (n_entries,)
        Judges whose scores were taken in.
    rank : int array, shape (n_entries,)
        1, 2, 2, 4 on `score`, after the tie chain; 0 = unscored. With several
        components the rank is within the entry's component, unless the rule
        book ranks across them.
    ties : tuple of TieBreak
        What became of equal scores.
    lines : tuple of DrawnLine
        The rule book's lines; none across several components.
    judge_n : int array, shape (n_judges,)
        Entries of each judge that were taken in.
    component : int array, shape (n_entries,)
        Entries of one component are joined by judges; -1 = unscored.
    components : int
    noise : float
        Scores that differ by no more are equal.
    seed : int
    draws : int
        Joint draws behind `p_top`, `rank_low` and `rank_high`; 0 = none.
    warnings : tuple of ScoreWarning
    facts : Facts
        What the method found out; most properties below read from it.
    working : Working
    """

    method: str
    entries: tuple[Hashable, ...]
    judges: tuple[Hashable, ...]
    adjusted: Floats
    score: Floats
    n_judges: Integers
    rank: Integers
    ties: tuple[TieBreak, ...]
    lines: tuple[DrawnLine, ...]
    judge_n: Integers
    component: Integers
    components: int
    noise: float
    seed: int
    draws: int
    warnings: tuple[ScoreWarning, ...]
    facts: Facts = field(repr=False)
    working: Working = field(repr=False)

    def __post_init__(self) -> None:
        freeze_all(self)
        freeze_all(self.facts)

    def ranks(self) -> tuple[int | None, ...]:
        """The ranks, with None for an entry that has no score."""
        return tuple(None if rank == UNRANKED else rank for rank in self.rank.tolist())

    @property
    def is_divided(self) -> bool:
        """Whether there are several rankings, one for each component."""
        across = self.working.rules.fallback.disconnected == "across_components"
        return self.components > 1 and not across

    def ranked_within(self, group: Integers) -> tuple[Integers, tuple[TieBreak, ...]]:
        """Ranks inside groups of entries, such as tracks, with the tie chain applied.

        Parameters
        ----------
        group : int array, shape (n_entries,)

        Returns
        -------
        rank : int array, shape (n_entries,)
            Within the group and, if the result is divided, within the component.
        ties : tuple of TieBreak
        """
        from competition.scoring.ties import Tied, rank_with_ties

        if self.is_divided:
            group = group * (self.components + 1) + self.component
        working = self.working
        tied = Tied(working.cards, working.official, working.totals, working.steps, self.seed)
        return rank_with_ties(self.score, group, working.tie, tied)

    @cached_property
    def raw(self) -> Floats:
        """Plain mean of the judges' raw scores, in points, shape (n_entries,)."""
        return raw_means(self.working.cards, self.working.totals, self.working.steps)

    @cached_property
    def se(self) -> Floats:
        """Standard error of `adjusted`, or its posterior deviation, in points; (n_entries,)."""
        return self._of_entries(self.facts.se)

    @cached_property
    def severity(self) -> Floats:
        """Points, positive = harsher, shape (n_judges,); sum 0 under "additive"."""
        return self._of_judges(self.facts.severity)

    @cached_property
    def severity_se(self) -> Floats:
        """Standard error of `severity`, in points, shape (n_judges,)."""
        return self._of_judges(self.facts.severity_se)

    @cached_property
    def judge_scale(self) -> Floats:
        """How far each judge spreads entries apart, 1 = as the others; (n_judges,)."""
        own = self.facts.judge_scale
        return self._of_judges(self._figure("scale") if own is None else own)

    @cached_property
    def judge_sd(self) -> Floats:
        """Standard deviation of each judge's errors, in points, shape (n_judges,)."""
        own = self.facts.judge_noise
        return self._of_judges(self._figure("residual_sd") if own is None else own)

    @cached_property
    def infit(self) -> Floats:
        """Mean square of each judge's residuals, 1 = as noisy as the panel; (n_judges,).

        Of the model's own residuals under "rasch", else of least squares.
        """
        own = self.facts.infit
        return self._of_judges(self._figure("infit") if own is None else own)

    @cached_property
    def outfit(self) -> Floats:
        """The same, which a single surprise moves more; shape (n_judges,)."""
        own = self.facts.outfit
        return self._of_judges(self._figure("outfit") if own is None else own)

    @cached_property
    def measure(self) -> Floats:
        """Logits, centred at 0, positive = better ("rasch", "bradley_terry"); (n_entries,)."""
        return self._of_entries(self.facts.measure)

    @cached_property
    def measure_se(self) -> Floats:
        """Standard error of `measure` in logits, shape (n_entries,)."""
        return self._of_entries(self.facts.measure_se)

    @property
    def variance(self) -> Figures | None:
        """Variance components `entry`, `judge`, `residual` ("mixed")."""
        return self.facts.variance

    @property
    def criterion_value(self) -> float:
        """-2 log REML likelihood ("mixed")."""
        return self.facts.criterion_value

    @property
    def sigma2(self) -> float:
        """Error variance of one score of weight 1."""
        return self.facts.sigma2

    @property
    def df(self) -> int | None:
        """Residual degrees of freedom."""
        return self.facts.df

    @property
    def log_likelihood(self) -> float:
        """Log likelihood at the maximum ("rasch", "bradley_terry")."""
        return self.facts.log_likelihood

    @property
    def reliability(self) -> Figures | None:
        """Separation reliability of `entry` and `judge` ("rasch")."""
        return self.facts.reliability

    @property
    def r_hat(self) -> Figures | None:
        """Potential scale reduction by quantity ("bayes")."""
        return self.facts.r_hat

    @property
    def ess(self) -> Figures | None:
        """Effective sample size by quantity ("bayes")."""
        return self.facts.ess

    @property
    def converged(self) -> bool | None:
        """Whether an iterative method settled; None = it does not iterate."""
        return self.facts.converged

    @cached_property
    def chances(self) -> Chances | None:
        """How sure the ranks are; None without draws, or where the method cannot say."""
        has_any = self.facts.joint is not None or self.facts.posterior is not None
        scored = np.where(np.isnan(self.adjusted), -1, 0)
        if not self.draws or not has_any or not (scored == 0).any():
            return None
        group = np.where(scored < 0, -1, self.component) if self.is_divided else scored
        return Chances(self.facts, group, self.seed, self.draws)

    @cached_property
    def p_top(self) -> TopChances | None:
        """P(rank <= k) by k, each of shape (n_entries,); None without draws."""
        return None if self.chances is None else TopChances(self.chances)

    @property
    def rank_low(self) -> Integers | None:
        """Best rank of the 95 % interval, shape (n_entries,); None without draws."""
        return None if self.chances is None else self.chances.intervals.low

    @property
    def rank_high(self) -> Integers | None:
        """Worst rank of the 95 % interval, shape (n_entries,); None without draws."""
        return None if self.chances is None else self.chances.intervals.high

    @cached_property
    def design(self) -> Connectivity:
        """How firmly the judges' common entries tie all scores together."""
        scores = self.working.totals
        return connectivity(
            scores.judge,
            scores.entry,
            scores.n_judges,
            scores.n_entries,
            scores.weight,
            None if self.facts.least_squares is None else self.facts.least_squares.solution,
        )

    @cached_property
    def agreement(self) -> Figures:
        """Intraclass correlations, Kendall's W and Krippendorff's alpha of the totals."""
        scores = self.working.totals
        if not scores.value.size:
            return Figures(**{item.name: float("nan") for item in fields(Agreement)})
        return Figures(**asdict(agreement(scores.judge, scores.entry, scores.value, scores.span)))

    @cached_property
    def least_squares(self) -> AdditiveFit:
        """Entry plus judge fitted to the totals, whatever the method."""
        own = self.facts.least_squares
        return least_squares(self.working.totals) if own is None else own

    @cached_property
    def severity_test(self) -> FTest:
        """F test that all judges are equally severe."""
        scores = self.working.totals
        return severity_test(
            self.least_squares, scores.judge, scores.entry, scores.value, scores.weight
        )

    @property
    def connectivity(self) -> float:
        """Normalized algebraic connectivity of the design: 1 = complete, 0 = disconnected."""
        return self.design.normalized

    def predict(self, judge: Integers, entry: Integers) -> tuple[Floats, Floats]:
        """The scores that judges would give entries: means and standard deviations.

        Parameters
        ----------
        judge, entry : int array, shape (n,)
            Positions in `judges` and `entries`.

        Returns
        -------
        mean, sd : float array, shape (n,)
            In points of a whole scorecard; NaN where the method cannot say.
        """
        if self.facts.predict is None:
            nothing = np.full(judge.size, np.nan)
            return nothing, nothing.copy()
        return self.facts.predict(judge, entry)

    @cached_property
    def _judge_figures(self) -> JudgeFigures | None:
        """Each judge's figures by least squares; None where nothing was estimated."""
        estimated = self.facts.severity is not None and TRAITS[self.method].in_points
        if not estimated:
            return None
        scores = self.working.totals
        return judge_figures(
            self.least_squares, scores.judge, scores.entry, scores.value, scores.weight
        )

    def _figure(self, name: str) -> Floats | None:
        figures = self._judge_figures
        return None if figures is None else getattr(figures, name)

    def _of_entries(self, values: Floats | None) -> Floats:
        return np.full(len(self.entries), np.nan) if values is None else values

    def _of_judges(self, values: Floats | None) -> Floats:
        return np.full(len(self.judges), np.nan) if values is None else values
