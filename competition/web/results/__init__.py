"""Pages of results: what everybody reads, and where organizers compute and publish."""

from competition.web.results import advancing, analysis, files, organizing, public, publishing
from competition.web.results.blueprint import blueprint

__all__ = ["advancing", "analysis", "blueprint", "files", "organizing", "public", "publishing"]
