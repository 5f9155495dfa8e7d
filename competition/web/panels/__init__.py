"""Pages of judges, conflicts and assignments."""

from competition.web.panels import assignment, conflicts, judges, links  # noqa: F401  routes
from competition.web.panels.blueprint import blueprint

__all__ = ["blueprint"]
