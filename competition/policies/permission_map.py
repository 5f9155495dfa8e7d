"""The permission table: each permission is held when all predicates of one alternative hold.

What is missing from the table is denied.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from competition.policies import predicates as p
from competition.policies.actors import Actor
from competition.policies.permissions import Permission
from competition.policies.subjects import Subject

Predicate = Callable[[Actor, Subject], bool]
Alternatives = tuple[tuple[Predicate, ...], ...]

ORGANIZERS: Alternatives = ((p.is_organizer,), (p.is_operator,))
OVERSEERS: Alternatives = (*ORGANIZERS, (p.is_committee,), (p.is_observer,))

PERMISSION_MAP: Mapping[Permission, Alternatives] = {
    Permission.CREATE_COMPETITION: ((p.is_operator,),),
    Permission.VIEW_COMPETITION: (
        (p.competition_is_listed,),
        (p.has_any_role,),
        (p.is_operator,),
    ),
    Permission.ENTER_COMPETITION: ((p.has_any_role,), (p.is_operator,)),
    Permission.OVERSEE_COMPETITION: OVERSEERS,
    Permission.MANAGE_COMPETITION: ORGANIZERS,
    Permission.READ_AUDIT_LOG: (*ORGANIZERS, (p.is_committee,)),
    Permission.READ_CONTACTS: ((p.is_in_team,), *ORGANIZERS),
    Permission.REGISTER_TEAM: ((p.competition_is_listed,), *ORGANIZERS),
    Permission.VIEW_TEAM: ((p.is_in_team,), *OVERSEERS),
    Permission.EDIT_TEAM: ((p.may_write_for_team,), *ORGANIZERS),
    Permission.VIEW_ENTRY: ((p.is_in_team,), *OVERSEERS),
    Permission.EDIT_ENTRY: ((p.may_write_for_team,),),
    Permission.DOWNLOAD_FILE: ((p.is_in_team,), *OVERSEERS, (p.is_one_of_its_judges,)),
    Permission.SCREEN_ENTRY: ORGANIZERS,
    Permission.MANAGE_PANEL: ORGANIZERS,
    Permission.DECIDE_CONFLICT: ORGANIZERS,
    Permission.DECLARE_CONFLICT: ((p.may_write_for_team,), *ORGANIZERS),
    Permission.BID: ((p.is_assigned_judge,),),
    Permission.VIEW_PLAN: OVERSEERS,
    Permission.PROPOSE_PLAN: ORGANIZERS,
    Permission.PUBLISH_PLAN: ORGANIZERS,
    Permission.REMIND_JUDGES: ORGANIZERS,
    Permission.VIEW_ASSIGNMENT: ((p.is_assigned_judge, p.is_told), *OVERSEERS),
    Permission.RECUSE: ((p.is_assigned_judge, p.is_told, p.is_not_recused),),
    Permission.JUDGE_ENTRY: ((p.is_assigned_judge, p.is_told, p.is_not_recused),),
    Permission.READ_SCORECARD: (
        (p.is_assigned_judge, p.is_told),
        *ORGANIZERS,
        (p.is_committee,),
    ),
    Permission.RETURN_SCORECARD: ORGANIZERS,
    Permission.IMPORT_RATINGS: ORGANIZERS,
    Permission.COMPUTE_RESULTS: ORGANIZERS,
    Permission.PREVIEW_RESULTS: (*ORGANIZERS, (p.is_committee,)),
    Permission.PUBLISH_RESULTS: ORGANIZERS,
    Permission.READ_RESULTS: ((p.is_published,),),
}
