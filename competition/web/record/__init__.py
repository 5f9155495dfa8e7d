"""The log of a competition."""

from competition.web.record.pages import blueprint

__all__ = ["blueprint"]
