"""Who judges what: pure, seeded, without a database; ids become array positions here."""

from competition.assigning.balance import balance
from competition.assigning.problem import Bottleneck, Infeasible, Plan, Problem
from competition.assigning.quality import Quality, components, quality

__all__ = [
    "Bottleneck",
    "Infeasible",
    "Plan",
    "Problem",
    "Quality",
    "balance",
    "components",
    "quality",
]
