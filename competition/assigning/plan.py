"""What comes back: a plan with the figures of its design, or why there is none."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from competition.assigning.problem import Id, Pair


@dataclass(frozen=True)
class DesignReport:
    """How good a plan is before anybody begins to review.

    Attributes
    ----------
    vif : float
        Average variance of the difference of two entries' adjusted scores, relative to judges
        without bias: 1 is ideal, inf where entries cannot be compared.
    vif_floor : float or None
        No design with these counts is below it; None if no design of one judge an entry can be
        compared at all.
    components : int
        Parts of the graph of judges and entries; 1 is what one wants, 0 without pairs.
    weakest_pair : (entry id, entry id) or None
        The two entries whose difference is the least certain.
    weakest_vif : float
        Its variance, relative to judges without bias.
    loads : mapping of judge id to int
        Entries of every judge, also of those without one.
    without_expert : tuple of entry id
        Entries none of whose judges has an affinity of `expert_threshold`.
    expert_threshold : float
    kinds : mapping of kinds to int
        Panels by the sorted kinds of their judges, None left out.
    changes : int or None
        Pairs that the previous plan did not have; None without one.
    lost : int or None
        Pairs of the previous plan that are gone; None without one.
    seconds : float
        Wall time of the whole solution.
    """

    vif: float
    vif_floor: float | None
    components: int
    weakest_pair: tuple[Id, Id] | None
    weakest_vif: float
    loads: Mapping[Id, int]
    without_expert: tuple[Id, ...]
    expert_threshold: float
    kinds: Mapping[tuple[Hashable, ...], int]
    changes: int | None = None
    lost: int | None = None
    seconds: float = 0.0


@dataclass(frozen=True)
class Plan:
    """Every entry has its judges, and no hard rule is broken.

    Attributes
    ----------
    pairs : tuple of (entry id, judge id)
        Sorted; those that were kept included.
    affinity : float
        Sum over all pairs.
    optimum : float
        The largest affinity that any plan under the same hard rules has.
    status : {"optimal", "feasible"}
        Optimal: the affinity is the optimum.
    report : DesignReport
    seed : int
    comparability : float or None
        What was given up for comparability at most, see `solve`; None = nothing.
    """

    pairs: tuple[Pair, ...]
    affinity: float
    optimum: float
    status: str
    report: DesignReport
    seed: int
    comparability: float | None

    @property
    def price(self) -> float:
        """Affinity given up against the optimum."""
        return max(0.0, self.optimum - self.affinity)


@dataclass(frozen=True)
class Bottleneck:
    """Entries that only certain judges may take, who have too little room for them.

    Attributes
    ----------
    entries, judges : tuple of ids
        Sorted. No other judge may take any of these entries.
    kinds : tuple
        Which kinds of judges are short, where a panel rule asks for them; empty: any judge.
    needed : int
        Places of these entries that are still to be filled (of these kinds, if there are any).
    room : int
        How many of them the judges can fill together.
    rule : str
        `load`: too few judges for the entries, or too little room. `min_load`: these judges must
        take `needed` entries, and there are only `room` for them. `places`: the entries have
        fewer places than they need kinds of judges. `organization`: the entries need two judges
        of an organization, one for each of two kinds.
    """

    entries: tuple[Id, ...]
    judges: tuple[Id, ...]
    needed: int
    room: int
    kinds: tuple[Hashable, ...] = ()
    rule: str = "load"

    @property
    def short(self) -> int:
        return self.needed - self.room


class Remedy(StrEnum):
    """One kind of way out."""

    RAISE_LIMIT = "raise_limit"
    """The judge takes `by` entries more than the upper limit."""
    LOWER_MINIMUM = "lower_minimum"
    """The judge need not take the last `by` entries of the lower limit."""
    FEWER_JUDGES = "fewer_judges"
    """The entry does with `by` judges fewer."""
    WAIVE_CONFLICT = "waive_conflict"
    """This judge may take this entry after all."""
    ALLOW_EXCLUDED = "allow_excluded"
    """This pair need not be excluded."""
    UNLOCK = "unlock"
    """This pair need not be locked."""
    LIFT_KIND = "lift_kind"
    """The entry needs no judge of this kind."""
    LIFT_ORGANIZATION = "lift_organization"
    """The entry may have two judges of this organization."""


@dataclass(frozen=True)
class Step:
    """One step of a repair; only the fields that its remedy names are set."""

    remedy: Remedy
    judge: Id = None
    entry: Id = None
    kind: Hashable = None
    organization: Hashable = None
    by: int = 1


@dataclass(frozen=True)
class Repair:
    """Steps that together make the problem feasible; proven by solving it again.

    Attributes
    ----------
    steps : tuple of Step
    cost : float
        1 for raising one judge's limit by one, and more for what is harder to ask for.
    """

    steps: tuple[Step, ...]
    cost: float


@dataclass(frozen=True)
class Infeasible:
    """The rules cannot all be kept.

    Attributes
    ----------
    pairs : tuple of (entry id, judge id)
        As many places as can be filled at all, within all rules; sorted.
    missing : tuple of (entry id, int)
        Entries with open places and how many; others could be left open in their stead.
    bottlenecks : tuple of Bottleneck
        Why, in groups that have nothing to do with each other: together their `short` is what is
        lacking.
    locked_conflicts : tuple of (entry id, judge id)
        Locked pairs that are conflicts; where there are any, nothing else was looked at.
    repair : Repair or None
        The cheapest way out.
    alternatives : tuple of Repair
        The cheapest ways out that use one kind of step only, the cheapest first.
    """

    pairs: tuple[Pair, ...] = ()
    missing: tuple[tuple[Id, int], ...] = ()
    bottlenecks: tuple[Bottleneck, ...] = ()
    locked_conflicts: tuple[Pair, ...] = ()
    repair: Repair | None = None
    alternatives: tuple[Repair, ...] = ()
    seconds: float = field(default=0.0, compare=False)

    @property
    def short(self) -> int:
        return sum(item.short for item in self.bottlenecks)
