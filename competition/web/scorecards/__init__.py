"""Pages of scorecards: the judge's desk and form, the organizer's progress and export."""

from competition.web.scorecards import desk, export, judging, progress, reading, reminders
from competition.web.scorecards.blueprint import blueprint

__all__ = ["blueprint", "desk", "export", "judging", "progress", "reading", "reminders"]
