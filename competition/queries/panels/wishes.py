"""What the organizer wants of an assignment, as it is stored with a round and with every plan."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from competition.models import Judge, PanelSetup

COMPARABILITY_MOST = 100
COMPARABILITY_USUAL = 50
WEIGHT_MOST = 10
Lifted = tuple[tuple[int, str | int], ...]
BY_ID = ("per_track", "per_single", "per_judge_min")


@dataclass(frozen=True)
class Weights:
    """How much each sign of fit counts; 0 leaves it out."""

    track: int = 1
    expertise: int = 1
    bids: int = 2


@dataclass(frozen=True)
class Wish:
    """Settings of an assignment; what is None or empty follows the round and the judges."""

    per_entry: int | None = None
    """Judges of every entry; the round's own number when None."""
    per_track: Mapping[int, int] = field(default_factory=dict)
    """Other numbers, by track id."""
    per_single: Mapping[int, int] = field(default_factory=dict)
    """Other numbers, by entry id: one judge fewer, or a further one after a spread."""
    load_min: int = 0
    per_judge_min: Mapping[int, int] = field(default_factory=dict)
    """Other lower limits, by judge id."""
    load_max: int | None = None
    """For judges without a limit of their own."""
    is_mixed: bool = False
    """At least one judge from a school and one from industry."""
    one_per_organization: bool = False
    """No two judges of an entry from one organization."""
    lifted: Lifted = ()
    """Exceptions from the two rules above: entry id, and the kind or the organization id."""
    comparability: int = COMPARABILITY_USUAL
    """0 is the best fit, 100 the best comparison."""
    weights: Weights = field(default_factory=Weights)

    def places_of(self, entry_id: int, track_id: int, usual: int) -> int:
        """Judges that one entry shall have."""
        general = self.per_track.get(track_id, self.per_entry or usual)
        return self.per_single.get(entry_id, general)

    def most_of(self, judge: Judge, entries: int) -> int:
        """Entries that a judge takes at most, of so many."""
        if judge.max_entries is not None:
            return judge.max_entries
        return entries if self.load_max is None else self.load_max

    def least_of(self, judge: Judge, entries: int) -> int:
        """Entries that a judge takes at least; never more than at most."""
        least = self.per_judge_min.get(judge.id, self.load_min)
        return min(least, self.most_of(judge, entries))

    def stored(self) -> dict[str, Any]:
        """As JSON holds it; keys of mappings are text there."""
        plain = asdict(self)
        for name in BY_ID:
            plain[name] = {str(key): value for key, value in sorted(getattr(self, name).items())}
        return plain

    @classmethod
    def read(cls, stored: Mapping[str, Any]) -> Wish:
        known = dict(stored)
        for name in BY_ID:
            known[name] = {int(key): value for key, value in known.get(name, {}).items()}
        known["weights"] = Weights(**known.get("weights", {}))
        known["lifted"] = tuple((entry, what) for entry, what in known.get("lifted", ()))
        return cls(**known)


def panel_setup_of(session: Session, *, round_id: int) -> PanelSetup | None:
    return session.scalar(select(PanelSetup).where(PanelSetup.round_id == round_id))


def wish_of(session: Session, *, round_id: int) -> Wish:
    """The round's wish; the usual one while nobody has set any."""
    setup = panel_setup_of(session, round_id=round_id)
    return Wish() if setup is None else Wish.read(setup.wish)
