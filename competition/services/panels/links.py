"""Personal sign-in links for judges."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from competition.models import Competition, Judge
from competition.policies import Actor, Permission, authorize
from competition.queries.panels import Access, access_of, judges_of
from competition.services.people import invite, issue_link, may_issue_link


@dataclass(frozen=True)
class JudgeLink:
    """A judge and the token of a fresh link; None: the actor may not make one."""

    judge: Judge
    token: str | None


def issue_judge_link(
    session: Session, *, actor: Actor, judge: Judge, now: datetime, lifetime: timedelta
) -> str:
    """The token of a new personal link; Conflict when the account reaches beyond the actor's."""
    authorize(actor, Permission.MANAGE_PANEL, judge)
    return invite(session, actor=actor, account=judge.account, now=now, lifetime=lifetime)


def issue_judge_links(
    session: Session,
    *,
    actor: Actor,
    competition: Competition,
    now: datetime,
    lifetime: timedelta,
) -> list[JudgeLink]:
    """New links for all judges who are not signed in anywhere, by number."""
    authorize(actor, Permission.MANAGE_PANEL, competition)
    judges = judges_of(session, competition_id=competition.id)
    access = access_of(session, account_ids=_accounts(judges), now=now)
    links = []
    for judge in judges:
        if access[judge.account_id] is Access.SIGNED_IN or judge.account.disabled_at is not None:
            continue
        token = None
        if may_issue_link(session, actor=actor, account=judge.account):
            token = issue_link(
                session, actor=actor, account=judge.account, now=now, lifetime=lifetime
            )
        links.append(JudgeLink(judge, token))
    return links


def _accounts(judges: Iterable[Judge]) -> list[int]:
    return [judge.account_id for judge in judges]
