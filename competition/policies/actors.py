"""Who is asking: an account with its roles, read once a request."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from competition.vocabulary import Role


@dataclass(frozen=True)
class Origin:
    """Where a request came from, as the audit log keeps it."""

    address: str = ""
    request_id: str = ""


@dataclass(frozen=True)
class Actor:
    """Somebody who asks, with everything the permission table needs to know of them."""

    account_id: int | None = None
    name: str = ""
    email: str = ""
    is_operator: bool = False
    roles: frozenset[tuple[int, Role]] = frozenset()
    """Pairs of competition id and role."""
    judge_ids: frozenset[int] = frozenset()
    team_ids: frozenset[int] = frozenset()
    """Teams this person belongs to, in any capacity."""
    writing_team_ids: frozenset[int] = frozenset()
    """Teams whose entry this person may change: as captain or member, not as instructor."""
    origin: Origin = field(default_factory=Origin)

    @property
    def is_signed_in(self) -> bool:
        return self.account_id is not None

    def has(self, competition_id: int, *roles: Role) -> bool:
        """Whether the actor holds one of `roles` in the competition."""
        return any((competition_id, role) in self.roles for role in roles)

    def from_(self, origin: Origin) -> Actor:
        return replace(self, origin=origin)


ANONYMOUS = Actor()
SYSTEM = Actor(name="system", is_operator=True)
"""The operator at the command line, and scheduled work."""
