"""What an analysis found, in plain words: what is good, what to look at, what to act on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask_babel import LazyString, ngettext
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from competition.queries.results.analysing import (
    Analysis,
    EntryFigures,
    JudgeFigures,
    TrackAnalysis,
)
from competition.web.formats import in_brackets, listing, score
from competition.web.results.words import LOOK, warning_sentence

Finding = tuple[str, str, str]
"""Tone, word, sentence."""

WEAK = "0.05"
"""Connectivity below which the page warns."""

SURE = 0.05
"""Chance below which a difference is called one."""

ODD = 2.58
"""Standardized infit above which a judge differs from the panel by more than severity."""

MOST_NAMED = 6
CORRECTING = frozenset({"additive", "mixed", "scaled", "bayes", "zscore", "rasch"})
"""Methods whose ranking takes differences in severity out."""

SOURCES: Mapping[str, LazyString] = {
    "entry": _l("Entries differ"),
    "entry_criterion": _l("Entries differ by criterion"),
    "judge": _l("Judges are strict or mild"),
    "judge_criterion": _l("Strict or mild by criterion"),
    "entry_judge": _l("Judges see entries differently"),
    "residual": _l("Rest"),
}
"""Where differences between judges' totals come from."""

ORDER = {"bad": 0, "warn": 1, "good": 2}


def findings_of(analysis: Analysis, track: TrackAnalysis) -> list[Finding]:
    """All findings: what to act on first, then what to look at, then what is good."""
    found = [
        _connection(analysis),
        *_severity(analysis),
        *_odd_judges(analysis),
        *_line(track),
        *_crossing(analysis, track),
        *_favour(analysis),
        *_simulation(analysis),
        *(_look(warning_sentence(item)) for item in analysis.warnings if item["code"] in LOOK),
    ]
    return sorted(found, key=lambda item: ORDER[item[0]])


def _good(text: str) -> Finding:
    return "good", _("Good"), text


def _look(text: str) -> Finding:
    return "warn", _("Look"), text


def _act(text: str) -> Finding:
    return "bad", _("Act"), text


def _connection(analysis: Analysis) -> Finding:
    entries = sum(len(track.scored) for track in analysis.tracks)
    if analysis.components > 1:
        return _act(
            _(
                "The entries fall into %(count)s groups without a judge in common; they cannot be "
                "compared across groups. One judge who scores an entry of each group would join "
                "them.",
                count=analysis.components,
            )
        )
    figures = {"count": entries, "figure": score(analysis.connectivity), "least": WEAK}
    if analysis.is_weak:
        return _look(
            _(
                "All %(count)s entries can be compared, but few common judges hold them together: "
                "connectivity %(figure)s (warn under %(least)s).",
                **figures,
            )
        )
    return _good(
        _(
            "All %(count)s entries can be compared: the judges form one connected panel, "
            "connectivity %(figure)s (warn under %(least)s).",
            **figures,
        )
    )


def _severity(analysis: Analysis) -> list[Finding]:
    apart = analysis.severity_range
    if apart is None:
        return []
    if analysis.differ_p is not None and analysis.differ_p > SURE:
        return [
            _good(
                _(
                    "No judge is clearly stricter than another: differences like these, up to "
                    "%(points)s points, arise by chance too.",
                    points=score(apart, 1),
                )
            )
        ]
    if analysis.method.value in CORRECTING:
        text = _(
            "The strictest and the mildest judge are %(points)s points apart. This is corrected; "
            "no judge needs to be removed.",
            points=score(apart, 1),
        )
        return [_look(text)]
    text = _(
        "The strictest and the mildest judge are %(points)s points apart, and the rule book’s "
        "method does not correct it. See below who would move under a correction.",
        points=score(apart, 1),
    )
    return [_act(text)]


def _odd_judges(analysis: Analysis) -> list[Finding]:
    odd = [judge for judge in analysis.judges if _standardized(judge) > ODD]
    if not odd:
        return []
    names = [_("Judge %(number)s", number=f"{judge.who.number:02}") for judge in odd]
    return [
        _look(
            ngettext(
                "The order that %(judges)s sees is far from the panel’s, by more than strictness "
                "explains. Read the comments before you rely on it.",
                "The orders that %(judges)s see are far from the panel’s, by more than strictness "
                "explains. Read the comments before you rely on them.",
                len(odd),
                judges=listing(names),
            )
        )
    ]


def _standardized(judge: JudgeFigures) -> float:
    """Infit as a standard normal figure: Wilson and Hilferty 1931, PNAS 17:684."""
    if judge.infit is None or judge.entries < 2:
        return 0.0
    part = 2 / (9 * (judge.entries - 1))
    return float((judge.infit ** (1 / 3) - (1 - part)) / part**0.5)


def _line(track: TrackAnalysis) -> list[Finding]:
    if track.certainty is None:
        return []
    unsure = track.uncertain
    if not unsure:
        return [
            _good(
                _("Every entry can be told apart from the line after rank %(line)s.",
                  line=track.line)
            )
        ]  # fmt: skip
    text = ngettext(
        "%(num)s entry cannot be told apart from the line after rank %(line)s.",
        "%(num)s entries cannot be told apart from the line after rank %(line)s.",
        len(unsure),
        line=track.line,
    )
    again = track.to_judge_again[:MOST_NAMED]
    if again:
        text = _(
            "%(sentence)s Further scorecards would help most on %(entries)s.",
            sentence=text,
            entries=listing([in_brackets(item.who.number, f"+{count}") for item, count in again]),
        )
    return [_look(text)]


def _crossing(analysis: Analysis, track: TrackAnalysis) -> list[Finding]:
    crossing = track.crossing
    if not crossing or analysis.method.value == "mean":
        return []
    text = ngettext(
        "%(entries)s changes sides of the line after rank %(line)s when severity is corrected. "
        "The committee must see this before it chooses a method.",
        "%(entries)s change sides of the line after rank %(line)s when severity is corrected. "
        "The committee must see this before it chooses a method.",
        len(crossing),
        entries=_named(crossing),
        line=track.line,
    )
    return [_act(text)]


def _named(entries: Sequence[EntryFigures]) -> str:
    names = [item.who.number for item in entries[:MOST_NAMED]]
    rest = len(entries) - len(names)
    return listing([*names, ngettext("%(num)s more", "%(num)s more", rest)] if rest else names)


def _favour(analysis: Analysis) -> list[Finding]:
    favour = analysis.favour
    if not favour.tested or favour.overall is None or favour.p is None:
        return []
    points = score(abs(favour.overall), 1)
    if favour.p > SURE:
        text = _(
            "Judges do not favour entries of their own organization: %(points)s points on average, "
            "which arises by chance too.",
            points=points,
        )
        return [_good(text)]
    if favour.overall > 0:
        text = _(
            "Judges give entries of their own organization %(points)s points more than others give "
            "them. Keep such pairs apart, or let the committee decide.",
            points=points,
        )
        return [_act(text)]
    text = _(
        "Judges give entries of their own organization %(points)s points less than others give "
        "them.",
        points=points,
    )
    return [_look(text)]


def _simulation(analysis: Analysis) -> list[Finding]:
    if analysis.converged is None:
        return []
    if analysis.converged:
        text = _(
            "The simulation has settled (R-hat %(figure)s, at most 1.05 is asked for).",
            figure=score(analysis.r_hat, 3),
        )
        return [_good(text)]
    text = _(
        "The simulation has not settled (R-hat %(figure)s, at most 1.05 is asked for): there are "
        "too few scorecards for it. The least-squares intervals are shown instead.",
        figure=score(analysis.r_hat, 3),
    )
    return [_act(text)]
