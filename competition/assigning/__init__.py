"""Who judges what: pure, seeded, without a database; ids become array positions here."""

from competition.assigning.changes import (
    Reassignment,
    reassign,
    with_entry,
    with_further_judges,
    without_entry,
    without_judge,
    without_pair,
)
from competition.assigning.checking import Breach, Effect, Rule, breaches, measure, what_if
from competition.assigning.comparability import DEFAULT_COMPARABILITY
from competition.assigning.plan import (
    Bottleneck,
    DesignReport,
    Infeasible,
    Plan,
    Remedy,
    Repair,
    Step,
)
from competition.assigning.problem import BadProblem, Changes, Id, Pair, Problem
from competition.assigning.quality import Quality, components, quality
from competition.assigning.repair import apply_steps
from competition.assigning.solving import Cancel, Progress, go_on, solve

__all__ = [
    "DEFAULT_COMPARABILITY",
    "BadProblem",
    "Bottleneck",
    "Breach",
    "Cancel",
    "Changes",
    "DesignReport",
    "Effect",
    "Id",
    "Infeasible",
    "Pair",
    "Plan",
    "Problem",
    "Progress",
    "Quality",
    "Reassignment",
    "Remedy",
    "Repair",
    "Rule",
    "Step",
    "apply_steps",
    "breaches",
    "components",
    "go_on",
    "measure",
    "quality",
    "reassign",
    "solve",
    "what_if",
    "with_entry",
    "with_further_judges",
    "without_entry",
    "without_judge",
    "without_pair",
]
