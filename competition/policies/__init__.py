"""Who may do what: one table, asked by services and templates alike."""

from competition.policies.actors import ANONYMOUS, SYSTEM, Actor, Origin
from competition.policies.authorization import authorize, can
from competition.policies.permissions import Permission

__all__ = ["ANONYMOUS", "SYSTEM", "Actor", "Origin", "Permission", "authorize", "can"]
