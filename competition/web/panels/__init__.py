"""Pages of judges, conflicts, bids, plans and assignments."""

from competition.web.panels import (  # noqa: F401  routes
    assignment,
    bids,
    conflicts,
    declaring,
    judges,
    leaving,
    links,
    organizations,
    plans,
)
from competition.web.panels.blueprint import blueprint

__all__ = ["blueprint"]
