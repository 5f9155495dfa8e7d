"""The permissions, named by the verb of the field."""

from enum import StrEnum


class Permission(StrEnum):
    """Something that somebody may be allowed to do."""

    CREATE_COMPETITION = "create_competition"
    VIEW_COMPETITION = "view_competition"
    ENTER_COMPETITION = "enter_competition"
    """See that it exists because one has a part in it."""
    OVERSEE_COMPETITION = "oversee_competition"
    """Read the organizer's pages."""
    MANAGE_COMPETITION = "manage_competition"
    """Change settings, tracks, rounds, rubric, members."""
    READ_AUDIT_LOG = "read_audit_log"

    REGISTER_TEAM = "register_team"
    VIEW_TEAM = "view_team"
    EDIT_TEAM = "edit_team"
    VIEW_ENTRY = "view_entry"
    EDIT_ENTRY = "edit_entry"
    DOWNLOAD_FILE = "download_file"
    SCREEN_ENTRY = "screen_entry"

    MANAGE_PANEL = "manage_panel"
    """Judges, conflicts, assignments."""
    VIEW_ASSIGNMENT = "view_assignment"
    RECUSE = "recuse"
    JUDGE_ENTRY = "judge_entry"
    """See the entry as a judge, and write its scorecard."""
    READ_SCORECARD = "read_scorecard"
    RETURN_SCORECARD = "return_scorecard"
    IMPORT_RATINGS = "import_ratings"

    COMPUTE_RESULTS = "compute_results"
    PREVIEW_RESULTS = "preview_results"
    PUBLISH_RESULTS = "publish_results"
    READ_RESULTS = "read_results"
    """The published ones."""
