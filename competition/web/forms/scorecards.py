"""The score form: as many fields as the rubric has criteria, read without a class per rubric.

Shape only. What was typed is kept as it was typed, right or wrong, to be shown again.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Protocol

from flask_babel import lazy_gettext as _l
from wtforms import TextAreaField

from competition.errors import Problem
from competition.queries.scorecards import Mark
from competition.services.scorecards import REASON_LIMIT, Filled
from competition.web.charts import plain
from competition.web.forms.base import Form, at_most, required, tidy
from competition.web.messages import problem_sentence

NUMBER = re.compile(r"[+-]?\d{1,9}(\.\d{1,9})?")
CRITERION_FIELD = re.compile(r"(rating|reason)-([1-9]\d{0,9})")
OTHER_FIELDS = frozenset({"csrf_token", "revision", "action", "comment", "note"})
TYPED_LIMIT = 40
"""Characters of a wrong value that a message repeats."""


class Sent(Protocol):
    """The fields of a request, each possibly several times."""

    def lists(self) -> Iterable[tuple[str, list[str]]]: ...


@dataclass
class ScoreForm:
    """The texts of the form's fields, and what is wrong with them."""

    texts: dict[str, str]
    revision: int = 0
    problems: list[Problem] = field(default_factory=list)

    @classmethod
    def stored(cls, held: Iterable[Mark], *, comment: str, note: str, revision: int) -> ScoreForm:
        """The form as it stands in the database."""
        texts = {"comment": comment, "note": note}
        for mark in held:
            texts[f"rating-{mark.criterion_id}"] = plain(mark.value)
            texts[f"reason-{mark.criterion_id}"] = mark.reason
        return cls(texts, revision)

    @classmethod
    def sent(cls, fields: Sent) -> ScoreForm:
        """The form as a request brings it."""
        form = cls({})
        for name, values in fields.lists():
            if name not in OTHER_FIELDS and not CRITERION_FIELD.fullmatch(name):
                form.problems.append(Problem.of("unknown_field", name=name[:TYPED_LIMIT]))
            elif len(values) > 1:
                form.problems.append(Problem.of("repeated_field", field=name))
            form.texts[name] = values[0]
        revision = form.texts.pop("revision", "")
        form.revision = int(revision) if revision.isdecimal() and len(revision) < 10 else -1
        return form

    def filled(self) -> Filled:
        """The content for the service, with the problems that the texts have already."""
        ratings: dict[int, Decimal] = {}
        reasons: dict[int, str] = {}
        problems = list(self.problems)
        for name, text in self.texts.items():
            match = CRITERION_FIELD.fullmatch(name)
            if not match:
                continue
            criterion_id = int(match[2])
            if match[1] == "reason":
                reasons[criterion_id] = tidy(text)
            elif text.strip():
                value = number_of(text)
                if value is None:
                    typed = text.strip()[:TYPED_LIMIT]
                    problems.append(Problem.of("not_a_number", field=name, typed=typed))
                else:
                    ratings[criterion_id] = value
        return Filled(
            ratings,
            {key: reason for key, reason in reasons.items() if reason},
            tidy(self.texts.get("comment", "")),
            tidy(self.texts.get("note", "")),
            tuple(problems),
        )

    def value_of(self, criterion_id: int) -> Decimal | str | None:
        """What stands in the rating's field: a number, nothing, or the text that was refused."""
        name = f"rating-{criterion_id}"
        text = self.texts.get(name, "").strip()
        if not text:
            return None
        value = number_of(text)
        return text if value is None or self._is_refused(name) else value

    def numbers(self) -> dict[int, Decimal]:
        """Every rating that was not refused."""
        given = self.filled().ratings
        return {key: each for key, each in given.items() if not self._is_refused(f"rating-{key}")}

    def _is_refused(self, name: str) -> bool:
        return any(problem.field == name for problem in self.problems)

    @property
    def errors(self) -> dict[str, str]:
        """The sentence for each field with a problem; those without a field under ""."""
        found: dict[str, str] = {}
        for problem in self.problems:
            name = problem.field if problem.field in self.texts else ""
            text = problem_sentence(problem)
            found[name or ""] = f"{found[name or '']} {text}" if (name or "") in found else text
        return found


def number_of(text: str) -> Decimal | None:
    """A number as people type it: comma or point, full-width digits too."""
    folded = unicodedata.normalize("NFKC", text).strip().replace(",", ".").replace("。", ".")
    return Decimal(folded) if NUMBER.fullmatch(folded) else None


def by_name(problems: Iterable[Problem]) -> Mapping[str, str]:
    """The sentence for each field, of problems that a service found."""
    return {problem.field or "": problem_sentence(problem) for problem in problems}


class ReasonForm(Form):
    """One text that says why."""

    reason = TextAreaField(_l("Reason"), [required(), at_most(REASON_LIMIT)])
