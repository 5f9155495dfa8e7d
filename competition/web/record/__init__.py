"""The log of a competition, and its outbox."""

from competition.web.record import mail  # noqa: F401  routes
from competition.web.record.pages import blueprint

__all__ = ["blueprint"]
