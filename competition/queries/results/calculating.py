"""From the inputs to places: the rule book executed, ranks within tracks, methods compared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy.orm import Session

from competition.models import Round
from competition.queries.results.inputs import (
    RoundRatings,
    ratings_of_round,
    rulebook_of_round,
)
from competition.scoring.errors import ScoringError
from competition.vocabulary import SLOW_METHODS, Method

if TYPE_CHECKING:
    from competition.scoring import Result, RuleBook


@dataclass(frozen=True, eq=False)
class Calculation:
    """A result, with the places that its entries take in their tracks."""

    result: Result
    ranks: tuple[int | None, ...]
    """Within the track and within its component, unless the rule book ranks across them."""


def calculate(inputs: RoundRatings, rules: RuleBook, seed: int | None = None) -> Calculation:
    """Execute the rule book on the inputs, which have ratings."""
    import numpy as np  # a worker that only shows pages needs none of it

    from competition.scoring import score

    if inputs.ratings is None:
        raise ValueError("there is nothing to calculate from")
    result = score(inputs.ratings, rules=rules, seed=seed)
    ranks, _ties = result.ranked_within(np.array(inputs.track_positions, dtype=np.int64))
    return Calculation(result, tuple(rank or None for rank in ranks.tolist()))


@dataclass(frozen=True)
class ComparedEntry:
    """Where an entry would stand under each method, and the farthest it moves."""

    entry_id: int
    number: str
    track_id: int
    ranks: Mapping[Method, int | None]
    farthest: int


@dataclass(frozen=True)
class MethodComparison:
    """The same scorecards under several methods; `declared` is the rule book's."""

    declared: Method
    methods: tuple[Method, ...]
    """Those that the scorecards allow; the slow ones only where declared."""
    entries: tuple[ComparedEntry, ...]
    """All scored entries: track by track, by the rank under the declared method."""

    @property
    def left_out(self) -> tuple[Method, ...]:
        """What is not compared: slow, or not possible with these scorecards."""
        return tuple(method for method in Method if method not in self.methods)

    def moved(self, method: Method) -> int:
        """How many entries would hold another rank than under the declared method."""
        return sum(item.ranks[method] != item.ranks[self.declared] for item in self.entries)

    @property
    def movers(self) -> tuple[ComparedEntry, ...]:
        return tuple(item for item in self.entries if item.farthest)


def compare_methods(session: Session, *, of: Round) -> MethodComparison | None:
    """Ranks under all quick methods on the scorecards as they stand; None without any.

    Raises
    ------
    ScoringError
        The scorecards do not allow the declared method.
    """
    inputs = ratings_of_round(session, round_id=of.id)
    if inputs.ratings is None:
        return None
    declared = rulebook_of_round(session, of=of)
    own = Method(declared.method)
    ranks = {own: calculate(inputs, declared).ranks}
    for method in Method:
        if method is own or method in SLOW_METHODS:
            continue
        with suppress(ScoringError):
            ranks[method] = calculate(inputs, declared.with_method(method.value)).ranks
    lines = [
        ComparedEntry(
            entry_id=inputs.entry_ids[place],
            number=str(number),
            track_id=inputs.track_ids[place],
            ranks={method: of_method[place] for method, of_method in ranks.items()},
            farthest=_farthest([other[place] for other in ranks.values()], ranks[own][place]),
        )
        for place, number in enumerate(inputs.ratings.entries)
    ]
    position = dict(zip(inputs.entry_ids, inputs.track_positions, strict=True))
    lines = [line for line in lines if line.ranks[own] is not None]
    lines.sort(key=lambda line: (position[line.entry_id], line.ranks[own], line.number))
    return MethodComparison(own, tuple(ranks), tuple(lines))


def _farthest(ranks: Sequence[int | None], own: int | None) -> int:
    if own is None:
        return 0
    return max(abs(rank - own) for rank in ranks if rank is not None)
