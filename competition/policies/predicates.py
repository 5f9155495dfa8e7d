"""Pure yes-or-no questions about an actor and a subject."""

from __future__ import annotations

from competition.policies.actors import Actor
from competition.policies.subjects import Subject
from competition.vocabulary import Role


def anyone(actor: Actor, subject: Subject) -> bool:
    return True


def is_operator(actor: Actor, subject: Subject) -> bool:
    return actor.is_operator


def _holds(actor: Actor, subject: Subject, *roles: Role) -> bool:
    return subject.competition_id is not None and actor.has(subject.competition_id, *roles)


def is_organizer(actor: Actor, subject: Subject) -> bool:
    return _holds(actor, subject, Role.ORGANIZER)


def is_committee(actor: Actor, subject: Subject) -> bool:
    return _holds(actor, subject, Role.COMMITTEE)


def is_observer(actor: Actor, subject: Subject) -> bool:
    return _holds(actor, subject, Role.OBSERVER)


def has_any_role(actor: Actor, subject: Subject) -> bool:
    return _holds(actor, subject, *Role)


def competition_is_listed(actor: Actor, subject: Subject) -> bool:
    return subject.is_listed


def is_in_team(actor: Actor, subject: Subject) -> bool:
    return subject.team_id is not None and subject.team_id in actor.team_ids


def may_write_for_team(actor: Actor, subject: Subject) -> bool:
    return subject.team_id is not None and subject.team_id in actor.writing_team_ids


def is_assigned_judge(actor: Actor, subject: Subject) -> bool:
    return subject.judge_id is not None and subject.judge_id in actor.judge_ids


def is_one_of_its_judges(actor: Actor, subject: Subject) -> bool:
    return not subject.judge_ids.isdisjoint(actor.judge_ids)


def is_told(actor: Actor, subject: Subject) -> bool:
    """The assignment is confirmed: the judge may know of it."""
    return subject.is_confirmed


def is_not_recused(actor: Actor, subject: Subject) -> bool:
    return not subject.is_recused


def is_published(actor: Actor, subject: Subject) -> bool:
    return subject.is_published
