"""How well judges fit entries: from tracks, expertise and bids, weighed as the organizer wants."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from competition.models import Entry, Judge
from competition.queries.names import name_key
from competition.queries.panels.wishes import Weights
from competition.vocabulary import BidChoice

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Grid = NDArray[np.float64]

BID_WORTH: Mapping[BidChoice | None, float] = {
    BidChoice.WANT: 1.0,
    BidChoice.CAN: 0.6,
    None: 0.4,
    BidChoice.RATHER_NOT: 0.0,
    BidChoice.MUST_NOT: 0.0,
}
"""Who says nothing stands between "can" and "rather not"."""
OWN_TRACK, ANY_TRACK = 1.0, 0.5
"""A judge who chose tracks knows them; one who takes all of them may or may not."""
ONE_TERM, TWO_TERMS = 0.7, 1.0
"""A term of the judge's expertise stands in title or summary; two or more of them do."""
EXPERT_FROM = 0.6
"""The fit from which a judge counts as an expert on an entry."""
TERM = re.compile(r"[,;/|\n，、；。]+")
TERMS_MOST = 40


@dataclass(frozen=True)
class Fit:
    """How well every judge fits every entry.

    Attributes
    ----------
    affinity : ndarray of float, shape (n_entries, n_judges)
        From 0 to 1; 1 everywhere when nothing is known that could tell judges apart.
    is_known : bool
        Something is known: a track, a term of expertise or a bid of any judge.
    """

    affinity: Grid
    is_known: bool


def fit_of(
    entries: Sequence[Entry],
    judges: Sequence[Judge],
    bids: Mapping[tuple[int, int], BidChoice],
    weights: Weights,
) -> Fit:
    """Weigh tracks, expertise and `bids` (by entry id and judge id) into one number a pair.

    A sign that nobody has given counts nothing, so that it does not dampen the others.
    """
    import numpy as np

    total = np.zeros((len(entries), len(judges)))
    whole = 0
    for weight, is_given, grid in (
        (weights.track, any(judge.tracks for judge in judges), _tracks),
        (weights.expertise, any(judge.expertise.strip() for judge in judges), _expertise),
        (weights.bids, bool(bids), lambda e, j: _bids(e, j, bids)),
    ):
        if weight and is_given:
            total += weight * grid(entries, judges)
            whole += weight
    return Fit(total / whole if whole else np.ones_like(total), bool(whole))


def _tracks(entries: Sequence[Entry], judges: Sequence[Judge]) -> Grid:
    import numpy as np

    found = np.zeros((len(entries), len(judges)))
    track = np.array([entry.track_id for entry in entries])
    for j, judge in enumerate(judges):
        own = [item.id for item in judge.tracks]
        found[:, j] = np.where(np.isin(track, own), OWN_TRACK, 0) if own else ANY_TRACK
    return found


def _expertise(entries: Sequence[Entry], judges: Sequence[Judge]) -> Grid:
    import numpy as np

    found = np.zeros((len(entries), len(judges)))
    texts = [
        name_text("\n".join((e.title.en, e.title.zh, e.summary.en, e.summary.zh))) for e in entries
    ]
    where: dict[str, Grid] = {}
    for j, judge in enumerate(judges):
        hits = np.zeros(len(entries))
        for term in terms_of(judge.expertise):
            if term not in where:
                where[term] = np.array([is_about(text, term) for text in texts], dtype=np.float64)
            hits += where[term]
        found[:, j] = np.select([hits >= 2, hits >= 1], [TWO_TERMS, ONE_TERM], 0.0)
    return found


def _bids(
    entries: Sequence[Entry],
    judges: Sequence[Judge],
    bids: Mapping[tuple[int, int], BidChoice],
) -> Grid:
    import numpy as np

    found = np.full((len(entries), len(judges)), BID_WORTH[None])
    row = {entry.id: i for i, entry in enumerate(entries)}
    column = {judge.id: j for j, judge in enumerate(judges)}
    for (entry_id, judge_id), choice in bids.items():
        if entry_id in row and judge_id in column:
            found[row[entry_id], column[judge_id]] = BID_WORTH[choice]
    return found


def terms_of(expertise: str) -> list[str]:
    """What a judge's expertise names, one by one.

    >>> terms_of("Computer vision, NLP; 教育技术、Vision")
    ['computer vision', 'nlp', '教育技术', 'vision']
    """
    terms = (name_key(part) for part in TERM.split(expertise))
    return list(dict.fromkeys(term for term in terms if len(term) > 1))[:TERMS_MOST]


def name_text(text: str) -> str:
    """A whole text as terms are looked for in it: folded like a name, of any length."""
    return " ".join(name_key(line) for line in text.splitlines())


def is_about(text: str, term: str) -> bool:
    """Whether the folded text has the term; a Latin one only as whole words.

    >>> is_about("reads a medicine box aloud", "medicine"), is_about("imagery", "image")
    (True, False)
    """
    if not term.isascii():
        return term in text
    return re.search(rf"(?<![a-z0-9]){re.escape(term)}(?![a-z0-9])", text) is not None
