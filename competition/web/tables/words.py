"""What each kind of table and each of its columns is for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from competition.services.tables import Effect, TableKind


@dataclass(frozen=True)
class KindWords:
    """The words of one kind: its name in the plural, its page, what its import does."""

    name: LazyString
    title: LazyString
    lead: LazyString


KINDS: Mapping[TableKind, KindWords] = {
    TableKind.JUDGES: KindWords(
        _l("Judges"),
        _l("Import judges"),
        _l(
            "A judge is known by the e-mail address: a known one is changed, a new one gets the "
            "next number and an account without password."
        ),
    ),
    TableKind.TEAMS: KindWords(
        _l("Teams"),
        _l("Import teams"),
        _l("A team is known by its name: a known one is changed, a new one is registered."),
    ),
    TableKind.ENTRIES: KindWords(
        _l("Entries"),
        _l("Import entries"),
        _l(
            "For entries that were handed in elsewhere. Each is submitted at once, one for each "
            "team in the round."
        ),
    ),
    TableKind.CONFLICTS: KindWords(
        _l("Conflicts"),
        _l("Import conflicts"),
        _l(
            "A judge in conflict never gets an entry of the team. Entries that were assigned "
            "already are taken away."
        ),
    ),
    TableKind.ASSIGNMENTS: KindWords(
        _l("Assignments"),
        _l("Import assignments"),
        _l("Rows that are not in the file stay as they are. Judges see nothing until you confirm."),
    ),
    TableKind.RATINGS: KindWords(
        _l("Ratings"),
        _l("Import ratings"),
        _l(
            "For scores given elsewhere. All criteria of a judge and an entry together become one "
            "submitted scorecard; what judges submitted themselves is never overwritten."
        ),
    ),
}

EFFECTS: Mapping[Effect, LazyString] = {
    Effect.NEW: _l("new"),
    Effect.CHANGED: _l("changed"),
    Effect.UNCHANGED: _l("unchanged"),
}

JUDGE_CELL = _l("E-mail address, number, or the name if only one judge has it")
ENTRY_CELL = _l("Number, or the title if only one entry has it")

COLUMNS: Mapping[TableKind, Mapping[str, tuple[LazyString, str]]] = {
    TableKind.JUDGES: {
        "name": (_l("Full name"), "陈立 / Chen Li"),
        "email": (_l("Each address once"), "chen.li@school.example"),
        "phone": (_l("As text"), "13800000000"),
        "organization": (_l("School or company; its own teams are a conflict"), "示例大学"),
        "kind": (_l("school or industry"), "school / 学校"),
        "tracks": (_l("Names of tracks, separated by ; or 、; empty means all"), "教育; 医疗"),
        "expertise": (_l("Free text"), "NLP"),
        "max_entries": (_l("Most entries in one round; empty means no limit"), "12"),
    },
    TableKind.TEAMS: {
        "team": (_l("Each name once"), "星火 / Spark"),
        "school": (_l("School or company of the team"), "示例大学"),
        "captain_name": (_l("Full name"), "李华"),
        "captain_email": (_l("One person is in one team only"), "li.hua@school.example"),
        "members": (
            _l("Names separated by ; or 、, each with <e-mail> if known"),
            "王芳 <wang@school.example>; 张伟",
        ),
        "instructors": (_l("The same way"), "赵敏 <zhao@school.example>"),
    },
    TableKind.ENTRIES: {
        "entry": (_l("Number that judges see; empty means the next free one"), "E-017"),
        "team": (_l("Name of a registered team"), "星火"),
        "track": (_l("Name of the track; may be empty if there is only one"), "教育"),
        "title": (_l("At most 120 characters"), "课堂助教"),
        "summary": (_l("At most 4000 characters"), "…"),
        "repository": (_l("Web address"), "https://git.school.example/spark"),
        "demo_url": (_l("Web address"), "https://demo.school.example"),
    },
    TableKind.CONFLICTS: {
        "judge": (JUDGE_CELL, "chen.li@school.example"),
        "entry": (_l("Exactly one of entry, team and school"), "E-017"),
        "team": (_l("Exactly one of entry, team and school"), "星火"),
        "school": (_l("All teams of this school or company"), "示例大学"),
        "reason": (_l("Only organizers read it"), "指导过该队 / advised the team"),
    },
    TableKind.ASSIGNMENTS: {
        "entry": (ENTRY_CELL, "E-017"),
        "judge": (JUDGE_CELL, "chen.li@school.example"),
        "action": (_l("assign, remove or lock; empty means assign"), "assign / 分配"),
    },
    TableKind.RATINGS: {
        "judge": (JUDGE_CELL, "chen.li@school.example"),
        "entry": (ENTRY_CELL, "E-017"),
        "criterion": (_l("Name in the rubric; may be empty if there is only one"), "创新"),
        "score": (_l("On the criterion’s scale and step"), "8.5"),
        "comment": (_l("Reason for this score"), ""),
    },
}
