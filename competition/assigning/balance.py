"""Even, mixed and connected panels: filled along chains, levelled, then spread by exchanges.

The exact solver with fit and comparability takes this module's place later; the interface stays.
"""

from __future__ import annotations

import random

import numpy as np

from competition.assigning.network import Network
from competition.assigning.problem import Infeasible, Plan, Problem
from competition.assigning.quality import component_labels

EXCHANGES_PER_PAIR = 12
"""How many exchanges are tried for every assigned pair to mix the panels."""
BRIDGES_TRIED = 4000


def balance(problem: Problem, *, seed: int) -> Plan | Infeasible:
    """Give every entry `per_entry` distinct judges, or say which entries cannot have them.

    Parameters
    ----------
    problem : Problem
    seed : int
        The same problem and seed give the same pairs, whatever the order of the input.

    Returns
    -------
    Plan or Infeasible
        Loads differ by at most one where the rules allow it. Judges who sit together on many
        entries are avoided, and the graph of judges and entries is connected whenever an
        exchange can connect it.

    Notes
    -----
    Cost: each place at most one breadth-first search, O(n_entries n_judges); 300 entries, 40
    judges and 3 places in well under a second.

    Examples
    --------
    >>> allowed = np.array([[True, True, False], [True, True, True]])
    >>> balance(Problem((1, 2), (7, 8, 9), allowed, 2, (2, 1, 2)), seed=1).pairs
    ((1, 7), (1, 8), (2, 7), (2, 9))
    """
    network = Network(problem, seed)
    _fill(network)
    _level(network)
    generator = random.Random(seed)  # noqa: S311  spreads panels, keeps no secret
    _mix(network, generator)
    if problem.per_entry > 1:
        _connect(network, generator)
    pairs = tuple(
        sorted(
            (network.entries[e], network.judges[j]) for e, j in np.argwhere(network.has).tolist()
        )
    )
    if not network.need.any():
        return Plan(pairs)
    missing = sorted(
        (network.entries[e], int(network.need[e])) for e in np.flatnonzero(network.need)
    )
    return Infeasible(pairs, tuple(missing), network.bottlenecks())


def _fill(network: Network) -> None:
    """The entries with the fewest judges to choose from come first."""
    together = np.zeros((len(network.judges),) * 2, dtype=np.int64)
    choice = network.allowed.sum(axis=1)
    for entry in np.argsort(choice, kind="stable").tolist():
        while network.need[entry]:
            judge = _best_judge(network, entry, together)
            if judge is not None:
                together[judge, network.has[entry]] += 1
                together[network.has[entry], judge] += 1
                network.put(entry, judge)
                network.need[entry] -= 1
            elif not network.fill(entry):
                break


def _best_judge(network: Network, entry: int, together: np.ndarray) -> int | None:
    """The judge with the least load, then the one who met the entry's judges least often."""
    able = network.allowed[entry] & ~network.has[entry] & (network.load < network.limit)
    if not able.any():
        return None
    met = together[:, network.has[entry]].sum(axis=1)
    cost = network.load * (1 + int(together.sum())) + met
    return int(np.where(able, cost, np.iinfo(np.int64).max).argmin())


def _level(network: Network) -> None:
    """Hand entries from the most to the least loaded until no chain helps; then it is optimal."""
    stuck: set[int] = set()
    while True:
        candidates = [
            j for j in np.argsort(-network.load, kind="stable").tolist() if j not in stuck
        ]
        if not candidates:
            return
        if network.level(candidates[0]):
            stuck.clear()
        else:
            stuck.add(candidates[0])


def _mix(network: Network, generator: random.Random) -> None:
    """Exchange judges between entries while that makes fewer pairs of judges meet again."""
    pairs = np.argwhere(network.has & ~network.fixed).tolist()
    if len(pairs) < 2:
        return
    together = _together(network)
    for _try in range(EXCHANGES_PER_PAIR * len(pairs)):
        first, second = generator.randrange(len(pairs)), generator.randrange(len(pairs))
        (e, a), (f, b) = pairs[first], pairs[second]
        if e == f or a == b or not network.can_exchange((e, a), (f, b)):
            continue
        if _gain(network, together, (e, a), (f, b)) > 0:
            network.exchange((e, a), (f, b))
            pairs[first], pairs[second] = [e, b], [f, a]
            together = _shift(network, together, (e, a), (f, b))


def _together(network: Network) -> np.ndarray:
    """How many entries two judges share."""
    has = network.has.astype(np.int64)
    shared: np.ndarray = has.T @ has
    np.fill_diagonal(shared, 0)
    return shared


def _gain(
    network: Network, together: np.ndarray, first: tuple[int, int], second: tuple[int, int]
) -> int:
    """How much the sum over pairs of judges of shared entries squared falls, halved."""
    (e, a), (f, b) = first, second
    with_a = [j for j in np.flatnonzero(network.has[e]).tolist() if j != a]
    with_b = [j for j in np.flatnonzero(network.has[f]).tolist() if j != b]
    before = sum(together[a, j] for j in with_a) + sum(together[b, j] for j in with_b)
    after = sum(together[b, j] for j in with_a) + sum(together[a, j] for j in with_b)
    return int(before - after) - len(with_a) - len(with_b)


def _shift(
    network: Network, together: np.ndarray, first: tuple[int, int], second: tuple[int, int]
) -> np.ndarray:
    """`together` after the exchange has been made."""
    (e, a), (f, b) = first, second
    for entry, left, came in ((e, a, b), (f, b, a)):
        for j in np.flatnonzero(network.has[entry]).tolist():
            if j != came:
                for old, step in ((left, -1), (came, 1)):
                    together[old, j] += step
                    together[j, old] += step
    return together


def _connect(network: Network, generator: random.Random) -> None:
    """Exchange judges between parts of the graph until there is one, if exchanges can do it."""
    labels, count = component_labels(network.has)
    while count > 1 and (made := _bridge(network, generator, labels, count)) is not None:
        labels, count = made


def _bridge(
    network: Network, generator: random.Random, labels: np.ndarray, count: int
) -> tuple[np.ndarray, int] | None:
    """Make one exchange after which there are fewer parts; None if none was found."""
    pairs = np.argwhere(network.has & ~network.fixed).tolist()
    generator.shuffle(pairs)
    tried = 0
    for index, (e, a) in enumerate(pairs):
        for f, b in pairs[:index]:
            if labels[e] == labels[f] or not network.can_exchange((e, a), (f, b)):
                continue
            network.exchange((e, a), (f, b))
            new, fewer = component_labels(network.has)
            if fewer < count:
                return new, fewer
            network.exchange((e, b), (f, a))
            tried += 1
            if tried >= BRIDGES_TRIED:
                return None
    return None
