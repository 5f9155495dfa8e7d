"""Forms with rows that are added, moved and removed by buttons, without a script."""

from __future__ import annotations

import re
from collections.abc import Sequence

from werkzeug.datastructures import MultiDict

Sent = MultiDict[str, str]


def row_count(sent: Sent, prefix: str) -> int:
    """How many rows of the list `prefix` were sent."""
    return len(_places(sent, prefix))


def act_on_rows(sent: Sent, action: str, *, limit: int) -> Sent:
    """What was sent after a button such as `add:tracks`, `up:tracks-2` or `remove:tracks-0`.

    Everything typed stays as it was typed, also what is no number.
    """
    verb, _colon, target = action.partition(":")
    if verb == "add":
        prefix, place = target, -1
    else:
        prefix, _dash, last = target.rpartition("-")
        place = int(last) if last.isdigit() else -1
    order: list[int | None] = list(range(row_count(sent, prefix)))
    match verb:
        case "add" if len(order) < limit:
            order.append(None)
        case "remove" if place in order:
            order.remove(place)
        case "up" if place in order and place > 0:
            order[place - 1], order[place] = order[place], order[place - 1]
        case "down" if place in order and place < len(order) - 1:
            order[place + 1], order[place] = order[place], order[place + 1]
    return reordered(sent, prefix, order)


def reordered(sent: Sent, prefix: str, order: Sequence[int | None]) -> Sent:
    """What was sent, with the rows of `prefix` in a new order; None is an empty new row."""
    places = _places(sent, prefix)
    row = re.compile(rf"{re.escape(prefix)}-(\d{{1,4}})(-.+)")
    kept: Sent = MultiDict()
    rows: dict[int, list[tuple[str, str]]] = {}
    for name, value in sent.items(multi=True):
        match = row.fullmatch(name)
        if match is None:
            kept.add(name, value)
        else:
            rows.setdefault(int(match[1]), []).append((match[2], value))
    for new, old in enumerate(order):
        kept.add(f"{prefix}-{new}-row", "")
        for rest, value in rows.get(places[old], []) if old is not None else []:
            if rest != "-row":
                kept.add(f"{prefix}-{new}{rest}", value)
    return kept


def _places(sent: Sent, prefix: str) -> list[int]:
    """The numbers that rows of the list were sent under, in their order."""
    row = re.compile(rf"{re.escape(prefix)}-(\d{{1,4}})-.+")
    return sorted({int(match[1]) for name in sent if (match := row.fullmatch(name))})
