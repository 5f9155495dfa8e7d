"""Verbs of results: compute a run, publish and withdraw it, and send the best on."""

from competition.services.results.advancing import advance
from competition.services.results.computing import RunDraft, compute, draft_run
from competition.services.results.publishing import publish, withdraw

__all__ = ["RunDraft", "advance", "compute", "draft_run", "publish", "withdraw"]
