"""A rule book in words, sentence by sentence, in the reader's language."""

from __future__ import annotations

from collections.abc import Iterator

from competition.cli.language import Gettext
from competition.scoring import Criterion, Line, RuleBook
from competition.scoring.rulebook_parts import CRITERION_STEP


def sentences(rules: RuleBook, _: Gettext) -> Iterator[str]:
    """What a rule book says, in the order in which it is executed."""
    yield from _criteria(rules, _)
    yield _unit(rules, _)
    yield _method(rules, _)
    yield from _rounding(rules, _)
    yield from _fallbacks(rules, _)
    yield _ties(rules, _)
    yield from (_line(line, _) for line in rules.lines)
    yield from _spread(rules, _)
    if rules.seed is not None:
        yield _("Lots and draws start from the seed %(seed)s.") % {"seed": rules.seed}


def _criteria(rules: RuleBook, _: Gettext) -> Iterator[str]:
    if not rules.criteria:
        yield _("No criteria are named: all that the ratings have weigh the same.")
        return
    for criterion in rules.criteria:
        yield _criterion(criterion, rules.weighting == "percent", _)


def _criterion(criterion: Criterion, percent: bool, _: Gettext) -> str:
    weight = (
        _("%(name)s: %(weight)s %% of the total") if percent else _("%(name)s: weight %(weight)s")
    )
    parts = [weight % {"name": criterion.name, "weight": f"{criterion.weight:g}"}]
    if criterion.scale is not None:
        low, high = (f"{end:g}" for end in criterion.scale)
        parts.append(_("rated from %(low)s to %(high)s") % {"low": low, "high": high})
    if criterion.step is not None:
        parts.append(_("in steps of %(step)s") % {"step": f"{criterion.step:g}"})
    if criterion.comment == "always":
        parts.append(_("with a reason for every rating"))
    if criterion.comment == "extremes":
        parts.append(_("with a reason at the ends of the scale"))
    return _(", ").join(parts) + _(".")


def _unit(rules: RuleBook, _: Gettext) -> str:
    if rules.unit == "criterion":
        return _(
            "The judges are combined criterion by criterion; each figure is multiplied by its "
            "weight, then all are added."
        )
    return _(
        "Each judge's ratings of an entry are weighted and added; the judges' totals are combined."
    )


def _method(rules: RuleBook, _: Gettext) -> str:
    words = {
        "mean": _("An entry's score is the mean of its judges."),
        "trimmed": _(
            "Of an entry's judges the highest (%(high)s) and the lowest (%(low)s) are dropped and "
            "the rest averaged; with fewer than %(minimum)s judges nothing is dropped."
        ),
        "zscore": _(
            "Each judge's scores are measured in that judge's own spread, averaged, and put back "
            "on the scale of points (z-scores)."
        ),
        "minmax": _(
            "Each judge's scores are measured between that judge's lowest and highest, averaged, "
            "and put back on the scale of points."
        ),
        "percentile": _(
            "Each judge's scores become percentile ranks, which are averaged and put back on the "
            "scale of points."
        ),
        "additive": _(
            "How strict each judge is, is estimated by least squares from all scores and taken "
            "out; an entry's score is the mean of the corrected scores."
        ),
        "mixed": _(
            "Entries and judges are random effects (restricted likelihood); an entry's score is "
            "corrected for its judges and pulled towards the mean of its track."
        ),
        "scaled": _(
            "Strictness, spread and precision of each judge are estimated and taken out; precise "
            "judges count more."
        ),
        "bayes": _(
            "An entry's score is the best estimate of the hierarchical judge model, by simulation "
            "from the seed (%(chains)s chains of %(sweeps)s sweeps)."
        ),
        "rasch": _(
            "Scores are ordered categories (many-facet rating scale model); an entry's score is "
            "what an average judge would be expected to give."
        ),
        "bradley_terry": _(
            "Only each judge's order of the entries counts; an entry's score is its strength in "
            "pairwise comparisons, in logits (Bradley-Terry)."
        ),
    }
    return words[rules.method] % {
        "high": rules.drop_high,
        "low": rules.drop_low,
        "minimum": rules.drop_minimum,
        "chains": rules.simulation.chains,
        "sweeps": rules.simulation.sweeps,
    }


def _rounding(rules: RuleBook, _: Gettext) -> Iterator[str]:
    places, by_criterion = rules.round, rules.unit == "criterion"
    if by_criterion and places.criterion is not None:
        text = _("Each criterion's figure is rounded half up to %(places)s decimals.")
        yield text % {"places": places.criterion}
    if by_criterion and places.weighted is not None:
        text = _("Each weighted figure is rounded half up to %(places)s decimals.")
        yield text % {"places": places.weighted}
    if places.total is None:
        yield _("Scores are ranked without rounding.")
    else:
        text = _("Scores are rounded half up to %(places)s decimals and ranked as rounded.")
        yield text % {"places": places.total}
    if places.display is not None:
        yield _("%(places)s decimals are shown.") % {"places": places.display}


def _fallbacks(rules: RuleBook, _: Gettext) -> Iterator[str]:
    """Only what applies whatever the ratings, and what differs from the default."""
    disconnected = {
        "within_components": _(
            "Entries that no chain of judges connects are ranked apart, never against each other."
        ),
        "across_components": _(
            "Entries that no chain of judges connects are ranked together, at face value."
        ),
        "refuse": _("Entries that no chain of judges connects are not ranked at all."),
    }
    yield disconnected[rules.fallback.disconnected]
    refused = {
        "too_few_degrees": _("Too few scores to tell judges and chance apart: nothing is ranked."),
        "single_score": _("A judge with one score only: nothing is ranked."),
        "no_variance": _("A judge who gave every entry the same: nothing is ranked."),
        "all_equal": _("All scores equal: nothing is ranked."),
        "missing_criteria": _("A scorecard that lacks a criterion: nothing is ranked."),
        "not_converged": _("A calculation that does not settle: nothing is ranked."),
    }
    for key, sentence in refused.items():
        if getattr(rules.fallback, key) == "refuse":
            yield sentence


def _ties(rules: RuleBook, _: Gettext) -> str:
    words = {
        "criteria": _("the criteria in their order"),
        "unrounded": _("the score before rounding"),
        "raw_mean": _("the raw mean"),
        "median": _("the median of the judges"),
        "drop": _("the mean without the highest and lowest judges"),
        "highest": _("the highest judge"),
        "lowest": _("the lowest judge"),
        "spread": _("the smaller spread of the judges"),
        "top_marks": _("the number of top marks"),
        "head_to_head": _("who more judges of both preferred"),
    }
    steps = [
        _("the criterion %(name)s") % {"name": step.removeprefix(CRITERION_STEP)}
        if step.startswith(CRITERION_STEP)
        else words[step]
        for step in rules.ties[:-1]
    ]
    lot = rules.ties[-1] == "lot"
    if not steps:
        return (
            _("Equal scores are ordered by lot.")
            if lot
            else _("Equal scores share a rank; the next rank is skipped.")
        )
    end = (
        _("who is equal still is ordered by lot")
        if lot
        else _("who is equal still shares a rank, and the next rank is skipped")
    )
    text = _("Equal scores are parted by: %(steps)s; %(end)s.")
    return text % {"steps": _(", then ").join(steps), "end": end}


def _line(line: Line, _: Gettext) -> str:
    rounding = {"half_up": _("rounded half up"), "up": _("rounded up"), "down": _("rounded down")}
    tie = {
        "expand": _("equal scores at the line all go through"),
        "shrink": _("equal scores at the line all stay behind"),
        "tie_break": _("equal scores at the line are parted as ties are"),
    }
    parts = []
    if line.top is not None:
        parts.append(_("the best %(top)s") % {"top": line.top})
    if line.percent is not None:
        share = {"percent": f"{line.percent:g}", "rounding": rounding[line.rounding]}
        parts.append(_("the best %(percent)s %% (%(rounding)s)") % share)
    if line.minimum is not None:
        parts.append(_("a score of at least %(minimum)s") % {"minimum": f"{line.minimum:g}"})
    named = {"name": line.name, "who": _(", ").join(parts), "tie": tie[line.tie]}
    return _("Line “%(name)s”: %(who)s; %(tie)s.") % named


def _spread(rules: RuleBook, _: Gettext) -> Iterator[str]:
    if rules.spread is None:
        return
    action = {
        "flag": _("named for a look"),
        "further_judge": _("given to a further judge"),
        "reconcile": _("talked over by their judges"),
    }
    text = _("Entries whose judges are more than %(threshold)s points apart are %(action)s.")
    yield text % {
        "threshold": f"{rules.spread.threshold:g}",
        "action": action[rules.spread.action],
    }


def problem_sentence(facts: dict[str, object], _: Gettext) -> str:
    """What is wrong with a rule book: the key, and what is allowed."""
    if facts["problem"] == "broken_toml":
        return _("The TOML cannot be read. %(detail)s.") % {"detail": facts["detail"]}
    words = {
        "unknown_key": _("%(key)s is no key of a rule book."),
        "unknown_value": _("%(key)s = %(value)s is unknown."),
        "wrong_type": _("%(key)s has the wrong type."),
        "missing_key": _("%(key)s is missing."),
        "duplicate": _("%(key)s: %(value)s is there twice."),
        "too_small": _("%(key)s is too small."),
        "too_long": _("%(key)s is too long."),
        "out_of_range": _("%(key)s is out of range."),
        "bad_scale": _("%(key)s = %(value)s is no scale."),
        "weights_do_not_sum": _("%(key)s: the weights sum to %(value)s."),
        "nothing_left_to_average": _("%(key)s = %(value)s leaves no score after the drops."),
        "not_with_method": _("%(key)s = %(value)s does not go with the method %(method)s."),
        "not_together": _("%(key)s does not go together with %(value)s."),
        "bad_end": _("%(key)s ends in %(value)s."),
    }
    value = facts.get("value", "")
    shown = {
        "key": facts["key"],
        "value": f"{value:g}" if isinstance(value, float) else value,
        "method": facts.get("method", ""),
    }
    sentence = words[str(facts["problem"])] % shown
    allowed = facts.get("allowed")
    if not allowed:
        return sentence
    listed = ", ".join(map(str, allowed)) if isinstance(allowed, list) else _kind(allowed, _)
    return sentence + _(" Allowed: %(allowed)s.") % {"allowed": listed}


def _kind(allowed: object, _: Gettext) -> str:
    """What a key takes, where it is told in words."""
    words = {
        "a name": _("a name"),
        "a text": _("a text"),
        "a table": _("a table"),
        "a number": _("a number"),
        "a whole number": _("a whole number"),
        "a list of tables": _("a list of tables"),
        "a list of texts": _("a list of texts"),
        "points": _("points"),
        "100 in all": _("100 in all"),
        "at most 1000 characters": _("at most 1000 characters"),
        "one of the two": _("one of the two"),
        "above 0, at most 100": _("above 0, at most 100"),
    }
    return words.get(str(allowed), str(allowed))
