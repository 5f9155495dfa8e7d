"""The parts of a rule book: criteria, rounding, fallbacks, cut lines and the spread of scores."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

COMMENTS = ("optional", "extremes", "always")

FALLBACKS: Mapping[str, tuple[str, ...]] = {
    "disconnected": ("within_components", "across_components", "refuse"),
    "too_few_degrees": ("mean", "refuse"),
    "single_score": ("flag", "refuse"),
    "no_variance": ("flag", "refuse"),
    "all_equal": ("tie", "refuse"),
    "missing_criteria": ("leave_out", "refuse"),
    "not_converged": ("flag", "refuse"),
}
"""What a rule book may declare for each degenerate case; the first is the default."""

CRITERION_STEP = "criterion:"
TIE_STEPS = (
    "criteria",
    f"{CRITERION_STEP}NAME",
    "unrounded",
    "raw_mean",
    "median",
    "drop",
    "highest",
    "lowest",
    "spread",
    "top_marks",
    "head_to_head",
)
"""Steps of a tie chain that look at the scores."""

TIE_ENDS = ("same_rank", "lot")
"""What a tie chain ends in."""

SEAT_ROUNDINGS = ("half_up", "up", "down")
LINE_TIES = ("expand", "shrink", "tie_break")
SPREAD_ACTIONS = ("flag", "further_judge", "reconcile")


@dataclass(frozen=True)
class Criterion:
    """One criterion of the rule book.

    Attributes
    ----------
    name : str
    weight : float
        A factor, or a share of 100 under ``weighting = "percent"``.
    scale : (float, float) or None
        Lowest and highest rating allowed; None = any number.
    step : float or None
        Ratings are the scale's minimum plus whole steps; None = any number.
    comment : {"optional", "extremes", "always"}
        When a judge must give a reason. The score form's matter: it changes no score.
    """

    name: str
    weight: float = 1.0
    scale: tuple[float, float] | None = None
    step: float | None = None
    comment: str = COMMENTS[0]

    def __post_init__(self) -> None:
        # 60 and 60.0 are one weight and must have one digest.
        object.__setattr__(self, "weight", float(self.weight))
        if self.scale is not None:
            low, high = self.scale
            object.__setattr__(self, "scale", (float(low), float(high)))
        if self.step is not None:
            object.__setattr__(self, "step", float(self.step))


@dataclass(frozen=True)
class Rounding:
    """Decimal places at each step, half up; None = no rounding there.

    Attributes
    ----------
    criterion : int or None
        The judges' combined rating on one criterion (unit "criterion").
    weighted : int or None
        That figure times its weight (unit "criterion").
    total : int or None
        The official score, on which entries are ranked.
    display : int or None
        Places to show; never fewer than `total`, so that what is shown can
        neither hide nor create a tie.
    """

    criterion: int | None = None
    weighted: int | None = None
    total: int | None = None
    display: int | None = None


@dataclass(frozen=True)
class Fallback:
    """What happens when the ratings do not carry the method; `FALLBACKS` lists the choices.

    Attributes
    ----------
    disconnected : str
        Entries that no judge connects: "within_components" ranks each group of
        its own; "across_components" ranks all at face value (only under a
        method without a fit); "refuse" raises `Disconnected`.
    too_few_degrees : str
        As many unknowns as scores: "mean" takes the plain mean, without
        standard errors; "refuse" raises `NotEnoughData`, as below.
    single_score : str
        A judge with one score only: "flag" keeps and names the judge.
    no_variance : str
        A judge whose scores are all the same: "flag" keeps and names the judge.
    all_equal : str
        No two scores differ: "tie" ranks everybody first and says so.
    missing_criteria : str
        A scorecard that lacks a criterion: "leave_out" takes no total from it
        (unit "scorecard"), or only the ratings there are (unit "criterion").
    not_converged : str
        An iterative fit or simulation did not settle: "flag" says so, "refuse"
        raises `NotConverged`.
    """

    disconnected: str = FALLBACKS["disconnected"][0]
    too_few_degrees: str = FALLBACKS["too_few_degrees"][0]
    single_score: str = FALLBACKS["single_score"][0]
    no_variance: str = FALLBACKS["no_variance"][0]
    all_equal: str = FALLBACKS["all_equal"][0]
    missing_criteria: str = FALLBACKS["missing_criteria"][0]
    not_converged: str = FALLBACKS["not_converged"][0]


@dataclass(frozen=True)
class Line:
    """A line through the ranking: who advances, or who gets an award.

    Attributes
    ----------
    name : str
    top : int or None
        So many entries. Not together with `percent`.
    percent : float or None
        So many in a hundred of the scored entries, above 0, at most 100.
    minimum : float or None
        Official score that an entry needs in any case.
    rounding : {"half_up", "up", "down"}
        How a percentage becomes a number of seats.
    tie : {"expand", "shrink", "tie_break"}
        Entries of the same score on both sides of the line: all go through,
        none goes through, or the tie chain decides (who stays tied goes through).
    """

    name: str
    top: int | None = None
    percent: float | None = None
    minimum: float | None = None
    rounding: str = SEAT_ROUNDINGS[0]
    tie: str = LINE_TIES[0]

    def __post_init__(self) -> None:
        for key in ("percent", "minimum"):
            value = getattr(self, key)
            if value is not None:
                object.__setattr__(self, key, float(value))

    def seats(self, scored: int) -> int:
        """Seats among so many scored entries.

        Examples
        --------
        >>> Line("semi-final", percent=30).seats(25), Line("final", top=5).seats(3)
        (8, 3)
        >>> Line("semi-final", percent=30, rounding="down").seats(25)
        7
        """
        if self.top is not None:
            return min(self.top, scored)
        if self.percent is None:
            return scored
        share = exact(self.percent) * scored / 100
        whole = int(share)
        part = share - whole
        more = {"half_up": part >= Fraction(1, 2), "up": part > 0, "down": False}
        return whole + more[self.rounding]


@dataclass(frozen=True)
class Spread:
    """When the judges of one entry are too far apart.

    Attributes
    ----------
    threshold : float
        Points between the highest and the lowest judge, above which the entry
        is named.
    action : {"flag", "further_judge", "reconcile"}
        What the organizers then do; the core only names the entries.
    """

    threshold: float
    action: str = SPREAD_ACTIONS[0]

    def __post_init__(self) -> None:
        object.__setattr__(self, "threshold", float(self.threshold))


@dataclass(frozen=True)
class Simulation:
    """How long the chains of "bayes" run.

    Attributes
    ----------
    chains : int
    sweeps : int
        Of each chain, the burn-in among them.
    burn_in : int
        Sweeps at the beginning that are not used.
    extensions : int
        How often chains that have not settled go on for twice as long.
    """

    chains: int = 2
    sweeps: int = 1500
    burn_in: int = 500
    extensions: int = 2


def exact(number: float) -> Fraction:
    """The decimal that was written: 0.1 is one tenth.

    >>> exact(0.1)
    Fraction(1, 10)
    """
    return Fraction(Decimal(repr(number)))
