"""Laws of the house that no import contract can see: who commits, and who looks at the clock."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from competition import paths
from tests.support.sources import calls_in

BELOW_THE_WEB = (
    "services", "queries", "policies", "adapters", "models", "scoring", "assigning",
    "vocabulary.py", "errors.py", "settings.py", "paths.py",
)  # fmt: skip
CLOCKS = {
    "datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time", "time.time_ns",
    "time.localtime", "time.gmtime",
}  # fmt: skip
# The age of a file left behind can only be told by the clock that dated it.
MAY_READ_THE_CLOCK = ("adapters/storage.py:", "adapters/imports.py:")
DICE = {"random", "randint", "choice", "shuffle", "sample", "uniform", "seed", "rand", "randn"}


def calls(*rooms: str) -> Iterator[tuple[str, ast.Call]]:
    """Every call in the files of these rooms, with its place."""
    for room in rooms:
        folder = paths.PACKAGE / room
        for file in [folder] if folder.is_file() else sorted(folder.rglob("*.py")):
            place = file.relative_to(paths.PACKAGE)
            for node in calls_in(file):
                yield f"{place}:{node.lineno}", node


def test_committing_happens_in_the_guards_alone() -> None:
    found = [
        place
        for place, call in calls(".")
        if isinstance(call.func, ast.Attribute) and call.func.attr == "commit"
    ]
    assert [place for place in found if not place.startswith("guards.py:")] == []
    assert len(found) > 0


def test_reading_the_clock_happens_above_the_services() -> None:
    found = [
        f"{place} {ast.unparse(call.func)}"
        for place, call in calls(*BELOW_THE_WEB)
        if ".".join(ast.unparse(call.func).split(".")[-2:]) in CLOCKS
        and not place.startswith(MAY_READ_THE_CLOCK)
    ]
    assert found == []


def test_throwing_dice_below_the_web_always_starts_from_a_seed() -> None:
    unseeded = [
        f"{place} {ast.unparse(call.func)}"
        for place, call in calls(*BELOW_THE_WEB)
        if (ast.unparse(call.func).startswith(("random.", "np.random.", "numpy.random."))
            and ast.unparse(call.func).rsplit(".", 1)[-1] in DICE)
        or (ast.unparse(call.func).endswith(("default_rng", "Random")) and not call.args)
    ]  # fmt: skip
    assert unseeded == []


def test_lazy_messages_carry_no_facts() -> None:
    """Flask-Babel's lazy texts are not escaped in templates, so nothing typed may be in them."""
    found = [
        place
        for place, call in calls(".")
        if isinstance(call.func, ast.Name)
        if call.func.id in {"_l", "lazy_gettext"} and call.keywords
    ]
    assert found == []
