"""What scoring warns of, in sentences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import LazyString, ngettext
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from competition.vocabulary import Method
from competition.web.formats import listing, number
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
        "No scorecard is submitted for %(entries)s. An entry without one stands last and has no "
        "rank."
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
    "weak_connectivity": _l(
        "The entries hang together by few common judges (connectivity %(normalized)s, warn under "
        "%(limit)s). Comparisons across the weak link are uncertain."
    ),
    "no_draws": _l("The method “%(method)s” does not say how sure ranks are."),
    "unit_changed": _l(
        "The method “%(method)s” does not combine criterion by criterion; whole scorecards were "
        "taken."
    ),
    "wide_spread": _l(
        "Judges more than %(threshold)s points apart: %(entries)s. The rule book says: %(action)s."
    ),
    "no_line": _l(
        "No line is drawn, because there are %(components)s rankings that no judge connects: "
        "%(lines)s."
    ),
    "tie_at_line": _l(
        "Equal scores at the line, so more go through than there are seats: %(lines)s."
    ),
    "not_converged": _l("The calculation did not settle; its figures are not to be relied upon."),
    "not_converged_fallback": _l(
        "The calculation did not settle; the method “%(fallback)s” counts instead."
    ),
    "variance_on_boundary": _l(
        "Differences estimated as nought: %(components)s. Standard errors are too small."
    ),
    "few_scores_for_scale": _l(
        "Fewer than %(minimum)s entries: %(judges)s. How far they spread scores is uncertain."
    ),
    "scales_alike": _l(
        "Judges do not clearly differ in how far they spread scores (p = %(p_value)s); the plain "
        "correction of severity would do."
    ),
    "many_scores": _l(
        "Simulating %(scores)s scores takes long; from %(enough)s on the method “corrected for "
        "severity and spread” says nearly the same."
    ),
    "no_finite_strength": _l(
        "Some entries won, or lost, every comparison with the others; a weak assumption keeps "
        "their strength finite: %(entries)s."
    ),
    "extreme_entries": _l(
        "Only the highest or only the lowest rating throughout: %(top)s %(bottom)s. Their level "
        "has no finite estimate."
    ),
    "extreme_judges": _l(
        "One end of the scale only: %(judges)s. What they gave tells nothing about entries."
    ),
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

PUBLIC = frozenset(
    {
        "disconnected",
        "trim_fallback",
        "no_error_variance",
        "no_information",
        "not_converged",
        "tie_at_line",
        "weak_connectivity",
    }
)
"""What readers of a ranking must know. The others name judges, or are for organizers."""

LOOK = frozenset(
    {
        "disconnected",
        "no_error_variance",
        "unscored_entries",
        "incomplete_scorecard",
        "not_converged",
        "weak_connectivity",
        "wide_spread",
        "no_line",
        "tie_at_line",
    }
)
"""Warnings that organizers should look at before publishing."""


def warning_sentence(warning: Mapping[str, Any]) -> str:
    """One warning of a run in words."""
    code, facts = str(warning["code"]), dict(warning.get("facts", {}))
    if code == "disconnected":
        code = f"disconnected_{facts['ranked']}"
    if code == "not_converged" and "fallback" in facts:
        code = "not_converged_fallback"
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
    if name == "components" and isinstance(value, list):
        return _some([str(COMPONENTS[item]) for item in value])
    if name == "action":
        return str(SPREAD_ACTIONS[value])
    if isinstance(value, float):
        return number(round(value, 3))
    if name in {"method", "fallback"}:
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


COMPONENTS: Mapping[str, LazyString] = {"entry": _l("entries"), "judge": _l("judges")}
"""Whose differences a variance component is."""

SPREAD_ACTIONS: Mapping[str, LazyString] = {
    "flag": _l("have a look"),
    "further_judge": _l("one further judge"),
    "reconcile": _l("the judges talk it over"),
}


def _some(labels: Sequence[str]) -> str:
    """The first labels of a list, and how many more there are."""
    rest = len(labels) - MOST_NAMED
    if rest <= 0:
        return listing(labels)
    more = ngettext("%(num)s more", "%(num)s more", rest)
    return listing([*labels[:MOST_NAMED], more])
