"""The quality of a plan as it is stored with it, by ids; pages turn them into names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from math import isfinite
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from competition.assigning import DesignReport, Infeasible, Plan
    from competition.assigning import Repair as FoundRepair

REPAIRS_MOST = 4
EPSILON = 1e-9


@dataclass(frozen=True)
class RepairStep:
    """One step of a way out; `remedy` is a member of `competition.assigning.Remedy`."""

    remedy: str
    judge: int | None = None
    entry: int | None = None
    kind: str | None = None
    organization: int | None = None
    by: int = 1


@dataclass(frozen=True)
class Jam:
    """Entries that only these judges may take, who have too little room."""

    entries: tuple[int, ...]
    judges: tuple[int, ...]
    kinds: tuple[str, ...]
    needed: int
    room: int
    rule: str

    @property
    def short(self) -> int:
        return self.needed - self.room


@dataclass(frozen=True)
class Report:
    """Figures of one plan.

    Attributes
    ----------
    status : str
        `optimal`, `feasible` or `infeasible`; an infeasible plan fills what can be filled.
    affinity, optimum : float
        Of all pairs together; the optimum is unknown (None) while a plan is infeasible.
    vif, vif_floor, fit_vif : float or None
        Variance of the difference of two entries against judges without bias: of the plan, the
        least that is possible, and of the plan with the best fit. None where it is infinite.
    weakest : (entry id, entry id, float) or None
    loads : judge id to entries
    kinds : kinds joined by "+" to number of panels
    places : entry id to open places
    curve : tuple of (comparability, affinity, vif)
        Plans at other places of the slider, from fit to comparability.
    """

    status: str
    affinity: float
    optimum: float | None
    vif: float | None
    vif_floor: float | None
    components: int
    loads: Mapping[int, int]
    is_fit_known: bool
    fit_vif: float | None = None
    weakest: tuple[int, int, float | None] | None = None
    without_expert: tuple[int, ...] = ()
    kinds: Mapping[str, int] = field(default_factory=dict)
    changes: int | None = None
    lost: int | None = None
    seconds: float = 0.0
    places: Mapping[int, int] = field(default_factory=dict)
    curve: tuple[tuple[int, float, float], ...] = ()
    jams: tuple[Jam, ...] = ()
    repairs: tuple[tuple[RepairStep, ...], ...] = ()
    locked_conflicts: tuple[tuple[int, int], ...] = ()

    @property
    def is_feasible(self) -> bool:
        return self.status != "infeasible"

    @property
    def open(self) -> int:
        return sum(self.places.values())

    @property
    def fit_kept(self) -> float | None:
        """Part of the best fit that the plan has; None while that is unknown or nothing."""
        if not self.optimum or not self.is_fit_known:
            return None
        return min(1.0, self.affinity / self.optimum)

    @property
    def comparability_gained(self) -> float | None:
        """Part of the comparability to be gained that the plan has; None where there is none."""
        return None if self.vif is None else self.gained(self.vif)

    def gained(self, vif: float) -> float | None:
        """Part of the way from the best fit's variance to the floor that this variance went."""
        if self.fit_vif is None or self.vif_floor is None:
            return None
        way = self.fit_vif - self.vif_floor
        return None if way <= EPSILON else max(0.0, min(1.0, (self.fit_vif - vif) / way))

    def stored(self) -> dict[str, Any]:
        plain = asdict(self)
        for name in ("loads", "places"):
            plain[name] = {str(key): value for key, value in sorted(getattr(self, name).items())}
        return plain

    @classmethod
    def read(cls, stored: Mapping[str, Any]) -> Report:
        known = dict(stored)
        for name in ("loads", "places"):
            known[name] = {int(key): value for key, value in known.get(name, {}).items()}
        known["without_expert"] = tuple(known.get("without_expert", ()))
        known["weakest"] = tuple(known["weakest"]) if known.get("weakest") else None
        known["curve"] = tuple(map(tuple, known.get("curve", ())))
        known["locked_conflicts"] = tuple(map(tuple, known.get("locked_conflicts", ())))
        known["jams"] = tuple(_jam(item) for item in known.get("jams", ()))
        known["repairs"] = tuple(
            tuple(RepairStep(**step) for step in steps) for steps in known.get("repairs", ())
        )
        return cls(**known)


def _jam(stored: Mapping[str, Any]) -> Jam:
    lists = {name: tuple(stored[name]) for name in ("entries", "judges", "kinds")}
    return Jam(**{**stored, **lists})


def finite(value: float | None) -> float | None:
    """The number as JSON can hold it: no infinity."""
    return None if value is None or not isfinite(value) else round(float(value), 6)


def report_of_design(
    design: DesignReport,
    *,
    status: str,
    affinity: float,
    optimum: float | None,
    is_fit_known: bool,
    fit_vif: float | None = None,
    places: Mapping[int, int] | None = None,
) -> Report:
    """The figures that the solver measured, as they are stored."""
    weakest = design.weakest_pair
    return Report(
        status=status,
        affinity=round(affinity, 6),
        optimum=finite(optimum),
        vif=finite(design.vif),
        vif_floor=finite(design.vif_floor),
        fit_vif=finite(fit_vif),
        components=design.components,
        loads=dict(design.loads),
        is_fit_known=is_fit_known,
        weakest=None if weakest is None else (*weakest, finite(design.weakest_vif)),
        without_expert=tuple(design.without_expert) if is_fit_known else (),
        kinds={"+".join(map(str, kinds)): n for kinds, n in design.kinds.items()},
        changes=design.changes,
        lost=design.lost,
        seconds=round(design.seconds, 3),
        places=dict(places or {}),
    )


def report_of_plan(
    plan: Plan,
    *,
    fit_vif: float | None,
    is_fit_known: bool,
    curve: tuple[tuple[int, float, float], ...] = (),
) -> Report:
    report = report_of_design(
        plan.report,
        status=plan.status,
        affinity=plan.affinity,
        optimum=plan.optimum,
        is_fit_known=is_fit_known,
        fit_vif=fit_vif,
    )
    return replace(report, curve=curve)


def explained(report: Report, outcome: Infeasible) -> Report:
    """The figures of the pairs that can be filled, with the reason why not all, and ways out."""
    jams = tuple(
        Jam(
            tuple(item.entries),
            tuple(item.judges),
            tuple(map(str, item.kinds)),
            item.needed,
            item.room,
            item.rule,
        )
        for item in outcome.bottlenecks
    )
    return replace(
        report,
        status="infeasible",
        places=dict(outcome.missing),
        jams=jams,
        repairs=_repairs([outcome.repair, *outcome.alternatives]),
        locked_conflicts=tuple(outcome.locked_conflicts),
    )


def _repairs(found: Sequence[FoundRepair | None]) -> tuple[tuple[RepairStep, ...], ...]:
    """The ways out, the cheapest first, each once."""
    ways = [
        tuple(
            RepairStep(
                step.remedy.value,
                step.judge,
                step.entry,
                None if step.kind is None else str(step.kind),
                step.organization,  # type: ignore[arg-type]  # an id, as the problem was given
                step.by,
            )
            for step in repair.steps
        )
        for repair in found
        if repair is not None
    ]
    return tuple(dict.fromkeys(ways))[:REPAIRS_MOST]
