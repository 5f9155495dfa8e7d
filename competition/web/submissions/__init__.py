"""Pages of teams and their entries, for teams and for organizers."""

from competition.web.submissions import entries, files, people, screening, teams, versions
from competition.web.submissions.blueprint import blueprint

__all__ = ["blueprint", "entries", "files", "people", "screening", "teams", "versions"]
