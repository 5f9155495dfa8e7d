"""What scoring warns of, in sentences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import LazyString, ngettext
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from competition.vocabulary import Method
from competition.web.formats import listing
from competition.web.labels import METHODS

MOST_NAMED = 8
"""Labels that a sentence names before it counts the rest."""

WARNINGS: Mapping[str, LazyString] = {
    "criteria_not_declared": _l("The rule book names no criteria; all of them weigh the same."),
    "round_step_unused": _l(
        "The rule book rounds at a step that does not occur when whole scorecards are combined: "
        "%(keys)s."
    ),
    "zero_weights": _l("%(ratings)s ratings of weight 0 are left out."),
    "weights_ignored": _l("The method “%(method)s” does not use weights of ratings."),
    "incomplete_scorecard": _l(
        "Scorecards that lack a criterion: %(scorecards)s. What they say on the other criteria "
        "counts only where criteria are combined one by one."
    ),
    "unscored_entries": _l(
        "No scorecard is submitted for %(entries)s. They stand last, without a rank."
    ),
    "disconnected_within_components": _l(
        "The entries fall into %(components)s groups that no judge connects. Severity cannot be "
        "compared between them, so each group has a ranking of its own."
    ),
    "disconnected_across_components": _l(
        "The entries fall into %(components)s groups that no judge connects. Their scores are "
        "ranked together, although a stricter group of judges would not show."
    ),
    "panels_differ": _l(
        "Entries were scored by different judges, and the method “%(method)s” does not correct for "
        "stricter ones."
    ),
    "tracks_differ": _l(
        "Judges saw different tracks; standard scores take all tracks to be equally good."
    ),
    "no_information": _l("All scores are equal: everybody is tied."),
    "judge_single_score": _l("One score only: %(judges)s. Such a judge's severity is uncertain."),
    "judge_no_variance": _l("The same score for every entry: %(judges)s."),
    "trim_fallback": _l(
        "Fewer than %(minimum)s judges: %(entries)s. Nothing was dropped there; the plain mean "
        "counts."
    ),
    "few_scores_per_judge": _l(
        "Fewer than %(minimum)s entries: %(judges)s. Standard scores from so few are uncertain."
    ),
    "no_error_variance": _l(
        "There are too few scorecards to tell strict judges from weak entries. The plain mean "
        "counts, without intervals."
    ),
}
"""By code; `disconnected` by what it means for the ranking."""

PUBLIC = frozenset({"disconnected", "trim_fallback", "no_error_variance", "no_information"})
"""What readers of a ranking must know. The others name judges, or are for organizers."""

LOOK = frozenset({"disconnected", "no_error_variance", "unscored_entries", "incomplete_scorecard"})
"""Warnings that organizers should look at before publishing."""


def warning_sentence(warning: Mapping[str, Any]) -> str:
    """One warning of a run in words."""
    code, facts = str(warning["code"]), dict(warning.get("facts", {}))
    if code == "disconnected":
        code = f"disconnected_{facts['ranked']}"
    sentence: str = str(WARNINGS[code]) % {
        name: _spelled(name, value) for name, value in facts.items()
    }
    if facts.get("criterion"):
        return str(
            _("On %(criterion)s: %(sentence)s", criterion=facts["criterion"], sentence=sentence)
        )
    return sentence


def public_warnings(warnings: Sequence[Mapping[str, Any]]) -> list[str]:
    """The sentences that stand beside a public ranking, each once."""
    sentences = [warning_sentence(item) for item in warnings if item["code"] in PUBLIC]
    return list(dict.fromkeys(sentences))


def _spelled(name: str, value: Any) -> str:
    if name == "method":
        return str(METHODS[Method(value)])
    if name == "judges" and isinstance(value, list):
        return _some([_("Judge %(number)s", number=f"{number:02}") for number in value])
    if name == "scorecards":
        return _some(
            [
                _(
                    "%(entry)s by judge %(number)s",
                    entry=item["entry"],
                    number=f"{item['judge']:02}",
                )
                for item in value
            ]
        )
    return _some([str(item) for item in value]) if isinstance(value, list) else str(value)


def _some(labels: Sequence[str]) -> str:
    """The first labels of a list, and how many more there are."""
    rest = len(labels) - MOST_NAMED
    if rest <= 0:
        return listing(labels)
    more = ngettext("%(num)s more", "%(num)s more", rest)
    return listing([*labels[:MOST_NAMED], more])
