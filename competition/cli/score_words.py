"""English sentences for the codes of the scoring core and of unreadable tables."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from competition.scoring.errors import BadRules, ScoringError

Facts = Mapping[str, Any]

_MOST_NAMES = 8

LONGEST_SHOWN = 80
"""Characters of a wrong value that are repeated."""


def rules_sentence(facts: Facts) -> str:
    """What is wrong with a rule book, naming the key and what is allowed."""
    problem = facts["problem"]
    if problem == "broken_toml":
        return f"The TOML cannot be read. {facts['detail']}."
    key = facts["key"]
    allowed = facts.get("allowed")
    shown = ", ".join(map(str, allowed)) if isinstance(allowed, list) else allowed
    value = facts.get("value")
    if isinstance(value, str) and len(value) > LONGEST_SHOWN:
        value = f"{value[:LONGEST_SHOWN]}…"
    sentences = {
        "unknown_key": f"{key} is no key of a rule book.",
        "unknown_value": f"{key} = {value!r} is unknown.",
        "wrong_type": f"{key} has the wrong type.",
        "missing_key": f"{key} is missing.",
        "duplicate": f"{key}: {value!r} is there twice.",
        "too_small": f"{key} is too small.",
        "too_long": f"{key} is too long.",
        "out_of_range": f"{key} is out of range.",
        "bad_scale": f"{key} = {value} is no scale.",
        "weights_do_not_sum": f"{key}: the weights sum to {value:g}."
        if isinstance(value, float)
        else "",
        "nothing_left_to_average": f"{key} = {value} leaves no score after the drops.",
        "not_with_method": f"{key} = {value!r} does not go with {facts.get('method')!r}.",
        "not_together": f"{key} does not go together with {value}.",
        "bad_end": f"{key} ends in {value!r}.",
    }
    return sentences[problem] + (f" Allowed: {shown}." if shown else "")


def spreadsheet_sentence(code: str, facts: Facts) -> str:
    """Why a file is not read as a table."""
    limit = facts.get("limit")
    sentences = {
        "empty_file": "The file is empty.",
        "file_too_large": f"The file is larger than {limit} bytes, packed or unpacked.",
        "too_many_rows": f"The file has more than {limit} rows.",
        "too_many_columns": f"The file has more than {limit} columns.",
        "cell_too_large": f"A cell has more than {limit} characters.",
        "unknown_encoding": "The text is neither UTF-8, UTF-16 nor GB18030.",
        "not_a_table": "The file is neither CSV nor .xlsx.",
        "broken_csv": "The quotation marks do not match.",
        "broken_workbook": "The .xlsx file is damaged or locked with a password.",
        "unknown_sheet": f"There is no sheet {facts.get('sheet')!r}.",
        "duplicate_header": f"Two columns are called {facts.get('header')!r}.",
        "cells_beside_table": "There is a cell beside the columns that have headers.",
    }
    return sentences[code]


def failure_sentence(error: ScoringError) -> str:
    """Why ratings and rule book cannot be scored."""
    facts = error.facts
    if isinstance(error, BadRules):
        return rules_sentence(facts)
    if error.code == "not_enough_data" and facts.get("what") in _REFUSED:
        return f"The rule book refuses {_REFUSED[facts['what']]}."
    sentence = _FAILURES.get(error.code)
    return str(error) if sentence is None else sentence(facts)


_REFUSED = {
    "too_few_degrees": "ratings that are too few to tell judges and chance apart",
    "single_score": "judges with one score only",
    "no_variance": "judges who gave every entry the same",
    "all_equal": "scores that are all equal",
    "missing_criteria": "scorecards that lack a criterion",
}

_FAILURES: Mapping[str, Callable[[Facts], str]] = {
    "not_enough_data": lambda _facts: "There are too few ratings for what was asked.",
    "not_converged": lambda facts: (
        f"{_CALCULATIONS.get(facts.get('what', ''), 'The calculation')} did not settle."
    ),
    "disconnected": lambda facts: (
        f"The ratings fall into {facts.get('components', len(facts.get('sets', ())))} groups"
        " that cannot be compared."
    ),
    "too_many_categories": lambda facts: (
        f"{facts['count']} different scores are no rating scale; at most {facts['most']} are."
    ),
    "scales_differ": lambda facts: (
        f"The method rasch needs one scale for all criteria: {_names(facts['criteria'])}."
    ),
    "too_large": lambda facts: f"This is too large to compute ({facts['what']}).",
    "too_many_comparisons": lambda facts: (
        f"These scores make {facts['count']} comparisons; at most {facts['most']} can be held."
    ),
    "bad_seed": lambda facts: "A seed is a whole number from 0 on.",
    "bad_draws": lambda facts: f"At most {facts['most']} draws can be made.",
}


def warning_sentence(code: str, facts: Facts) -> str:
    """What a warning means; names are cut off after a few."""
    sentence = _WARNINGS[code](facts)
    criterion = facts.get("criterion")
    return f"{criterion}: {sentence}" if criterion is not None else sentence


def _names(labels: list[Any]) -> str:
    shown = ", ".join(map(str, labels[:_MOST_NAMES]))
    more = len(labels) - _MOST_NAMES
    return shown if more <= 0 else f"{shown} and {more} more"


def _incomplete(facts: Facts) -> str:
    cards = [
        f"{card['judge']} on {card['entry']} (no {', '.join(map(str, card['missing']))})"
        for card in facts["scorecards"]
    ]
    fate = "Their ratings count" if facts["counted"] else "They are left out"
    return f"{len(cards)} scorecards lack a criterion. {fate}: {_names(cards)}."


def _disconnected(facts: Facts) -> str:
    within = facts["ranked"] == "within_components"
    how = (
        "Ranks are within each group, never across."
        if within
        else "The ranking compares them at face value."
    )
    return f"{facts['components']} groups of entries have no judge in common. {how}"


_CALCULATIONS: Mapping[str, str] = {
    "bayes": "The simulation",
    "scaled": "The iteration for the judges' scales",
    "mixed": "The search for the variance components",
    "rasch": "The search for the likeliest measures",
}

_SPREAD_ACTIONS = {
    "flag": "to look at",
    "further_judge": "a further judge is due",
    "reconcile": "to be reconciled",
}

_WARNINGS: Mapping[str, Callable[[Facts], str]] = {
    "criteria_not_declared": lambda facts: (
        f"No rule book names the criteria, so all count the same: {_names(facts['criteria'])}."
    ),
    "round_step_unused": lambda facts: (
        f'{", ".join(facts["keys"])} applies to unit = "criterion" only and is not used.'
    ),
    "zero_weights": lambda facts: f"{facts['ratings']} ratings of weight 0 are left out.",
    "weights_ignored": lambda facts: f"The method {facts['method']} does not use weights.",
    "incomplete_scorecard": _incomplete,
    "unscored_entries": lambda facts: f"Without a score: {_names(facts['entries'])}.",
    "trim_fallback": lambda facts: (
        f"Fewer than {facts['minimum']} judges, so nothing is dropped and the plain mean"
        f" counts: {_names(facts['entries'])}."
    ),
    "few_scores_per_judge": lambda facts: (
        f"Fewer than {facts['minimum']} scores, so their z-scores are uncertain:"
        f" {_names(facts['judges'])}."
    ),
    "no_error_variance": lambda facts: (
        f"{facts['scores']} scores of {facts['entries']} entries by {facts['judges']} judges are"
        " too few to tell judges and chance apart. The plain mean counts, without standard errors."
    ),
    "disconnected": _disconnected,
    "panels_differ": lambda facts: (
        "Not every judge scored every entry, and this method does not take out how strict"
        f" judges are ({facts['method']})."
    ),
    "tracks_differ": lambda _facts: (
        "Judges saw different tracks. Z-scores treat all tracks as equally good."
    ),
    "wide_spread": lambda facts: (
        f"Judges more than {facts['threshold']:g} points apart"
        f" ({_SPREAD_ACTIONS[facts['action']]}): {_names(facts['entries'])}."
    ),
    "weak_connectivity": lambda facts: (
        f"The entries hang together by few common judges (connectivity"
        f" {facts['normalized']:.3f}, warn under {facts['limit']:g}): comparisons across the weak"
        " link are uncertain."
    ),
    "no_draws": lambda facts: (
        f"The method {facts['method']} does not say how sure ranks are, so nothing is drawn."
    ),
    "unit_changed": lambda facts: (
        f"The method {facts['method']} does not know the rule book's unit; it took"
        f' unit = "{facts["unit"]}".'
    ),
    "not_converged": lambda facts: (
        f"{_CALCULATIONS.get(facts.get('what', ''), 'The calculation')} did not settle: its"
        " figures are not to be relied upon."
        + (f" The method {facts['fallback']} counts instead." if "fallback" in facts else "")
    ),
    "variance_on_boundary": lambda facts: (
        f"Variance estimated as 0: {_names(facts['components'])}. Standard errors are too small."
    ),
    "few_scores_for_scale": lambda facts: (
        f"Fewer than {facts['minimum']} entries, so how far they spread scores is uncertain:"
        f" {_names(facts['judges'])}."
    ),
    "scales_alike": lambda facts: (
        f"Judges do not clearly differ in how far they spread scores (p = {facts['p_value']:.2f}),"
        " so the plain correction of severity would do."
    ),
    "many_scores": lambda facts: (
        f"Simulating {facts['scores']} scores takes long; from {facts['enough']} on the method"
        " scaled says nearly the same."
    ),
    "no_finite_strength": lambda facts: (
        "Some entries won, or lost, every comparison with the others, so their strength has no"
        f" finite estimate; a weak prior holds it. The largest set: {_names(facts['entries'])}."
    ),
    "extreme_entries": lambda facts: " ".join(
        f"Only the {end} rating throughout, so the measure is infinite: {_names(facts[key])}."
        for key, end in (("top", "highest"), ("bottom", "lowest"))
        if facts[key]
    ),
    "extreme_judges": lambda facts: (
        f"Judges who gave one end of the scale only are left out: {_names(facts['judges'])}."
    ),
    "no_line": lambda facts: (
        f"No line is drawn across {facts['components']} rankings: {_names(facts['lines'])}."
    ),
    "tie_at_line": lambda facts: (
        f"Equal scores at the line, so more go through than there are seats:"
        f" {_names(facts['lines'])}."
    ),
    "no_information": lambda _facts: "All scores are equal, so everybody is tied.",
    "judge_single_score": lambda facts: f"Judges with one score only: {_names(facts['judges'])}.",
    "judge_no_variance": lambda facts: (
        f"Judges who gave every entry the same: {_names(facts['judges'])}."
    ),
}
