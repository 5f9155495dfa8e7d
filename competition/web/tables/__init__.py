"""Pages that bring tables in and hand them out; one page a kind."""

from competition.web.tables import routes  # noqa: F401  they hang on the blueprint
from competition.web.tables.blueprint import blueprint

__all__ = ["blueprint"]
