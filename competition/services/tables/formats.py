"""The kinds of tables that can be brought in, and their columns in English and Chinese."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from competition.adapters.spreadsheets import Columns


class TableKind(StrEnum):
    JUDGES = "judges"
    TEAMS = "teams"
    ENTRIES = "entries"
    CONFLICTS = "conflicts"
    ASSIGNMENTS = "assignments"
    RATINGS = "ratings"


@dataclass(frozen=True)
class Column:
    """One column: its name, its Chinese headers (the first stands in templates), its limits."""

    name: str
    chinese: tuple[str, ...]
    needs_header: bool = False
    """The file is refused without this column."""
    limit: int = 200
    """Characters of a cell at most."""
    english: tuple[str, ...] = ()
    """Further English headers."""

    def header(self, locale: str) -> str:
        return self.chinese[0] if locale.startswith("zh") else self.name


def _column(name: str, *chinese: str, **more: object) -> Column:
    return Column(name, chinese, **more)  # type: ignore[arg-type]


ENTRY = ("作品", "作品编号", "编号", "参赛作品")
JUDGE = ("评委", "评委邮箱", "评审")
TRACKS = ("赛道", "赛题", "方向")
SCHOOL = ("学校", "院校", "单位", "所属单位")

FORMATS: Mapping[TableKind, tuple[Column, ...]] = {
    TableKind.JUDGES: (
        _column("name", "姓名", "评委", "评委姓名", needs_header=True, english=("judge",)),
        _column(
            "email",
            "邮箱",
            "电子邮箱",
            "电子邮件",
            "邮件",
            needs_header=True,
            limit=254,
            english=("e-mail", "mail", "email address"),
        ),
        _column("phone", "电话", "手机", "手机号", "联系电话", limit=40, english=("mobile",)),
        _column("organization", *SCHOOL, "工作单位", "公司", english=("school", "company")),
        _column("kind", "类别", "类型", "评委类别", needs_header=True, limit=40),
        _column("tracks", *TRACKS, limit=1000, english=("track",)),
        _column("expertise", "专长", "研究方向", "专业领域", limit=2000),
        _column("max_entries", "最多作品数", "评审上限", "最多评审数", limit=20),
    ),
    TableKind.TEAMS: (
        _column("team", "队伍", "团队", "队名", "队伍名称", "团队名称", needs_header=True),
        _column(
            "school",
            *SCHOOL,
            "公司",
            needs_header=True,
            english=("organization", "company", "university"),
        ),
        _column("track", *TRACKS),
        _column("division", "组别"),
        _column("captain_name", "队长", "队长姓名", needs_header=True, english=("captain",)),
        _column("captain_email", "队长邮箱", "邮箱", needs_header=True, limit=254),
        _column("members", "队员", "成员", "团队成员", "队伍成员", limit=4000, english=("member",)),
        _column("instructors", "指导教师", "指导老师", limit=4000, english=("instructor",)),
    ),
    TableKind.ENTRIES: (
        _column("entry", "编号", "作品编号", limit=20, english=("number", "entry number")),
        _column("team", "队伍", "团队", "队名", "队伍名称", "团队名称", needs_header=True),
        _column("track", *TRACKS),
        _column("title", "作品名称", "作品", "标题", "作品标题", needs_header=True, limit=120),
        _column("summary", "简介", "作品简介", limit=4000),
        _column("repository", "代码仓库", "仓库", limit=500, english=("repository_url",)),
        _column("demo_url", "演示地址", "演示", limit=500, english=("demo",)),
        _column("video_url", "视频地址", "视频", limit=500, english=("video",)),
    ),
    TableKind.CONFLICTS: (
        _column("judge", *JUDGE, needs_header=True, limit=254),
        _column("entry", *ENTRY),
        _column("team", "队伍", "团队", "队名", "队伍名称", "团队名称"),
        _column("school", *SCHOOL, english=("organization",)),
        _column("reason", "原因", "理由", "回避原因", needs_header=True, limit=2000),
    ),
    TableKind.ASSIGNMENTS: (
        _column("entry", *ENTRY, needs_header=True, english=("item",)),
        _column("judge", *JUDGE, needs_header=True, limit=254),
        _column("action", "操作", "动作", limit=20),
    ),
    TableKind.RATINGS: (
        _column("judge", *JUDGE, needs_header=True, limit=254),
        _column("entry", *ENTRY, needs_header=True, english=("item",)),
        _column("criterion", "评分项", "指标"),
        _column("score", "分数", "得分", needs_header=True, limit=40, english=("rating",)),
        _column("comment", "评语", "备注", "理由", limit=2000, english=("reason",)),
    ),
}

IGNORED: Mapping[TableKind, frozenset[str]] = {
    TableKind.TEAMS: frozenset({"track", "division"}),
    TableKind.ENTRIES: frozenset({"video_url"}),
}
"""Columns that other systems export and that mean nothing here: the track is the entry's."""

MOST_ROWS: Mapping[TableKind, int] = {
    TableKind.JUDGES: 5_000,
    TableKind.TEAMS: 10_000,
    TableKind.ENTRIES: 10_000,
    TableKind.CONFLICTS: 50_000,
    TableKind.ASSIGNMENTS: 50_000,
    TableKind.RATINGS: 200_000,
}


def columns_of(kind: TableKind) -> Columns:
    """The columns as headers are matched with them."""
    return Columns(
        {column.name: (*column.chinese, *column.english) for column in FORMATS[kind]},
        optional=tuple(column.name for column in FORMATS[kind] if not column.needs_header),
    )
