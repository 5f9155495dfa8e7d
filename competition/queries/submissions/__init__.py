"""Teams, entries, versions and files."""

from competition.queries.submissions.lists import (
    EntryRow,
    Page,
    SchoolCount,
    TeamRow,
    entry_counts,
    entry_rows,
    page_of,
    schools,
    team_rows,
)
from competition.queries.submissions.things import (
    account_names,
    entries_of_team,
    entry_by_id,
    entry_by_number,
    team_with_people,
    teams_of,
)
from competition.queries.submissions.versions import (
    JudgedEntry,
    VersionFile,
    entry_for_judges,
    file_to_read,
    files_of,
    local_of,
)

__all__ = [
    "EntryRow",
    "JudgedEntry",
    "Page",
    "SchoolCount",
    "TeamRow",
    "VersionFile",
    "account_names",
    "entries_of_team",
    "entry_by_id",
    "entry_by_number",
    "entry_counts",
    "entry_for_judges",
    "entry_rows",
    "file_to_read",
    "files_of",
    "local_of",
    "page_of",
    "schools",
    "team_rows",
    "team_with_people",
    "teams_of",
]
