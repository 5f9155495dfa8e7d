"""A plan's report in words: findings, what cannot be filled, and the ways out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from flask_babel import LazyString, ngettext
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup

from competition.models import Entry, Judge, Organization
from competition.queries.panels import Board, Jam, Obstacle, RepairStep, Report
from competition.vocabulary import OrganizationKind
from competition.web.formats import listing, local, percent, ranks
from competition.web.labels import label

if TYPE_CHECKING:
    from competition.assigning import Breach

GOOD_VARIANCE = 1.10
"""Times the least possible variance up to which a design is good."""
EVEN_LOADS = 2
"""Entries between the most and the least busy judge up to which loads are even."""
WEAK_PAIR = 2.0
"""Times the average variance from which the weakest pair is worth a look."""
NAMES_MOST = 12

Finding = tuple[str, str, str | Markup]
"""Tone, word, sentence."""


def good(text: str | Markup) -> Finding:
    return "good", _("Good"), text


def look(text: str | Markup) -> Finding:
    return "warn", _("Look"), text


def act(text: str | Markup) -> Finding:
    return "bad", _("Act"), text


@dataclass(frozen=True)
class Names:
    """The board's entries and judges by id, in words."""

    board: Board

    def entry(self, entry_id: int) -> str:
        for entry in self.board.entries:
            if entry.id == entry_id:
                return entry.number
        return "–"

    def judge(self, judge_id: int) -> str:
        for judge in self.board.judges:
            if judge.id == judge_id:
                return f"{judge.number:02} {judge.account.name}"
        return "–"

    def entries(self, ids: Sequence[int]) -> str:
        return shortened([self.entry(item) for item in ids])

    def judges(self, ids: Sequence[int]) -> str:
        return shortened([self.judge(item) for item in ids])

    def find(self, entry_id: int | None, judge_id: int | None) -> tuple[Entry | None, Judge | None]:
        entry = next((item for item in self.board.entries if item.id == entry_id), None)
        judge = next((item for item in self.board.judges if item.id == judge_id), None)
        return entry, judge

    def organization(self, organization_id: int | None) -> Organization | None:
        for judge in self.board.judges:
            if judge.organization_id == organization_id:
                return judge.organization
        return None


def shortened(names: Sequence[str], most: int = NAMES_MOST) -> str:
    """A list in words; a long one is cut, and says by how many."""
    if len(names) <= most:
        return listing(names)
    rest = ngettext("%(num)s more", "%(num)s more", len(names) - most)
    return listing([*names[:most], rest])


def findings(board: Board, report: Report) -> list[Finding]:
    """What is to be said of a plan, what wants acting on first."""
    names = Names(board)
    found = [
        *_places(report),
        *_connection(report),
        *_variance(report),
        *_loads(report),
        *_experts(report, names),
        *_kinds(board, report),
        *_weakest(report, names),
    ]
    order = ("bad", "warn", "good")
    return sorted(found, key=lambda item: order.index(item[0]))


def _places(report: Report) -> Iterator[Finding]:
    if report.open:
        yield act(
            ngettext("%(num)s place is not filled.", "%(num)s places are not filled.", report.open)
        )


def _connection(report: Report) -> Iterator[Finding]:
    if report.components == 1:
        yield good(_("One panel: every entry can be compared with every other."))
    elif report.components > 1:
        yield act(
            _(
                "The entries fall into %(count)s parts that share no judge, not even through "
                "others: strict and mild judges cannot be told apart between them.",
                count=report.components,
            )
        )


def _variance(report: Report) -> Iterator[Finding]:
    if report.vif is None or report.vif_floor is None:
        return
    text = _(
        "Comparisons vary %(vif)s times as much as without strict and mild judges; "
        "%(floor)s is the least possible.",
        vif=decimal(report.vif),
        floor=decimal(report.vif_floor),
    )
    ratio = report.vif / report.vif_floor
    yield good(text) if ratio <= GOOD_VARIANCE else look(text)


def decimal(value: float | None, places: int = 3) -> str:
    return "–" if value is None else f"{value:.{places}f}"


def _loads(report: Report) -> Iterator[Finding]:
    loads = list(report.loads.values())
    if not loads:
        return
    low, high = min(loads), max(loads)
    text = _("%(loads)s entries for each judge.", loads=ranks(low, high))
    yield good(text) if high - low <= EVEN_LOADS else look(text)


def _experts(report: Report, names: Names) -> Iterator[Finding]:
    if not report.is_fit_known:
        yield look(
            _(
                "Nothing is known of who knows what: no tracks, no expertise, no bids. All judges "
                "count as fitting alike."
            )
        )
    elif report.without_expert:
        yield look(
            ngettext(
                "%(num)s entry has no judge who knows the field: %(entries)s.",
                "%(num)s entries have no judge who knows the field: %(entries)s.",
                len(report.without_expert),
                entries=names.entries(report.without_expert),
            )
        )
    else:
        yield good(_("Every entry has a judge who knows the field."))


def _kinds(board: Board, report: Report) -> Iterator[Finding]:
    if len({judge.kind for judge in board.judges}) < 2 or not report.kinds:
        return
    one_sided = sum(
        count for kinds, count in report.kinds.items() if len(set(kinds.split("+"))) < 2
    )
    if not one_sided:
        yield good(_("Judges from school and from industry on every entry."))
        return
    text = ngettext(
        "%(num)s entry has judges from one side only, school or industry.",
        "%(num)s entries have judges from one side only, school or industry.",
        one_sided,
    )
    yield look(text)


def _weakest(report: Report, names: Names) -> Iterator[Finding]:
    if report.weakest is None or report.vif is None:
        return
    first, second, vif = report.weakest
    if vif is None:
        return
    text = _(
        "%(first)s and %(second)s are compared least surely: their difference varies %(vif)s "
        "times as much.",
        first=names.entry(first),
        second=names.entry(second),
        vif=decimal(vif, 2),
    )
    yield look(text) if vif > WEAK_PAIR * report.vif else good(text)


def jam_sentence(jam: Jam, names: Names) -> str:
    """Which entries and judges stand in each other's way, as one sentence."""
    facts = {"entries": names.entries(jam.entries), "judges": names.judges(jam.judges)}
    if jam.rule == "min_load":
        return str(
            ngettext(
                "%(judges)s must take %(needed)s entries by their lower limits, but there are only "
                "%(room)s for them: %(num)s too few.",
                "%(judges)s must take %(needed)s entries by their lower limits, but there are only "
                "%(room)s for them: %(num)s too few.",
                jam.short,
                needed=jam.needed,
                room=jam.room,
                **facts,
            )
        )
    if not jam.judges:
        return str(
            ngettext(
                "%(entries)s: nobody may take %(num)s more place.",
                "%(entries)s: nobody may take %(num)s more places.",
                jam.short,
                **facts,
            )
        )
    if jam.kinds:
        kinds = listing([label(OrganizationKind(kind)) for kind in jam.kinds])
        return str(
            ngettext(
                "%(entries)s need %(needed)s places for judges of the kind %(kinds)s. Only "
                "%(judges)s may take them, and they have room for %(room)s: %(num)s too few.",
                "%(entries)s need %(needed)s places for judges of the kind %(kinds)s. Only "
                "%(judges)s may take them, and they have room for %(room)s: %(num)s too few.",
                jam.short,
                needed=jam.needed,
                room=jam.room,
                kinds=kinds,
                **facts,
            )
        )
    return str(
        ngettext(
            "%(entries)s need %(needed)s more judgings. Only %(judges)s may take them, and their "
            "limits leave room for %(room)s: %(num)s too few.",
            "%(entries)s need %(needed)s more judgings. Only %(judges)s may take them, and their "
            "limits leave room for %(room)s: %(num)s too few.",
            jam.short,
            needed=jam.needed,
            room=jam.room,
            **facts,
        )
    )


def repair_sentence(steps: Sequence[RepairStep], names: Names) -> str:
    """All steps of a way out as one sentence."""
    parts = [_step(alike, names) for alike in _alike(_joined(steps), names)]
    text = str(_("; ").join(parts) + _("."))
    return text[:1].upper() + text[1:]


def _joined(steps: Sequence[RepairStep]) -> list[RepairStep]:
    """Steps for the same judge or entry taken together."""
    found: dict[RepairStep, int] = {}
    for step in steps:
        single = replace(step, by=1)
        found[single] = found.get(single, 0) + step.by
    return [replace(single, by=by) for single, by in found.items()]


def _alike(steps: Sequence[RepairStep], names: Names) -> list[list[RepairStep]]:
    """Steps that change the same figure of several judges or entries taken together."""
    found: dict[tuple[object, ...], list[RepairStep]] = {}
    for step in steps:
        entry, judge = names.find(step.entry, step.judge)
        key: tuple[object, ...] = (step,)
        if step.remedy == "raise_limit" and judge is not None:
            key = (step.remedy, step.by, names.board.limit(judge))
        elif step.remedy == "fewer_judges" and entry is not None:
            key = (step.remedy, step.by, names.board.places[entry.id])
        found.setdefault(key, []).append(step)
    return list(found.values())


def _step(steps: Sequence[RepairStep], names: Names) -> str:
    """What to do, where all the steps do the same."""
    step = steps[0]
    entry, judge = names.find(step.entry, step.judge)
    who = listing([names.judge(item.judge or 0) for item in steps])
    what = listing([names.entry(item.entry or 0) for item in steps])
    if step.remedy == "raise_limit" and judge is not None:
        limit = names.board.limit(judge)
        return str(
            _(
                "raise the limit of %(judge)s from %(old)s to %(new)s",
                judge=who,
                old=limit,
                new=limit + step.by,
            )
        )
    if step.remedy == "lower_minimum" and judge is not None:
        least = names.board.wish.least_of(judge, len(names.board.entries))
        return str(
            _(
                "ask %(judge)s for %(new)s entries at least instead of %(old)s",
                judge=who,
                old=least,
                new=max(0, least - step.by),
            )
        )
    if step.remedy == "fewer_judges" and entry is not None:
        places = names.board.places[entry.id]
        return str(
            ngettext(
                "ask for %(num)s judge instead of %(old)s on %(entry)s",
                "ask for %(num)s judges instead of %(old)s on %(entry)s",
                max(1, places - step.by),
                old=places,
                entry=what,
            )
        )
    if step.remedy == "unlock":
        return str(_("no longer keep %(judge)s on %(entry)s", judge=who, entry=what))
    if step.remedy == "allow_excluded":
        return str(_("allow %(judge)s on %(entry)s again", judge=who, entry=what))
    if step.remedy == "lift_kind":
        kind = label(OrganizationKind(step.kind)) if step.kind else ""
        return str(_("do without a judge of the kind %(kind)s on %(entry)s", kind=kind, entry=what))
    if step.remedy == "lift_organization":
        of = names.organization(step.organization)
        name = "–" if of is None else local(of.name)
        return str(
            _("allow two judges of %(organization)s on %(entry)s", organization=name, entry=what)
        )
    if entry is not None and judge is not None:
        if names.board.obstacle(entry, judge) is Obstacle.OTHER_TRACK:
            return str(
                _(
                    "give %(entry)s to %(judge)s, although it is of another track",
                    judge=who,
                    entry=what,
                )
            )
        return str(
            _(
                "dismiss the conflict of %(judge)s with the team of %(entry)s, with a reason",
                judge=who,
                entry=what,
            )
        )
    return str(_("let %(judge)s take %(entry)s after all", judge=who, entry=what))


def kept(report: Report) -> str:
    """What the plan keeps of the best fit and gains in comparability, as one sentence."""
    fit, gained = report.fit_kept, report.comparability_gained
    if fit is None:
        return ""
    if gained is None:
        return str(_("Keeps %(fit)s of the best fit.", fit=percent(fit, places=1)))
    return str(
        _(
            "Keeps %(fit)s of the best fit and gains %(gained)s of the comparability.",
            fit=percent(fit, places=1),
            gained=percent(gained),
        )
    )


def breach_words(breach: Breach, board: Board) -> str:
    """Which rule a change by hand breaks."""
    names = Names(board)
    facts = {
        "entry": names.entry(breach.entry or 0),
        "judge": names.judge(breach.judge or 0),
        "count": breach.count,
        "limit": breach.limit,
    }
    return str(BREACHES[breach.rule.value]) % facts


BREACHES: dict[str, LazyString] = {
    "conflict": _l("%(judge)s may not take %(entry)s"),
    "excluded": _l("%(judge)s was ruled out for %(entry)s"),
    "max_load": _l("%(judge)s has %(count)s entries, %(limit)s at most"),
    "min_load": _l("%(judge)s has only %(count)s entries, %(limit)s at least"),
    "too_few": _l("%(entry)s has %(count)s of %(limit)s judges"),
    "too_many": _l("%(entry)s has %(count)s judges, %(limit)s are wanted"),
    "kind": _l("%(entry)s has judges from one side only"),
    "organization": _l("%(entry)s has two judges of one school or company"),
    "locked": _l("%(judge)s was kept on %(entry)s by hand"),
    "done": _l("%(judge)s has begun %(entry)s"),
}
