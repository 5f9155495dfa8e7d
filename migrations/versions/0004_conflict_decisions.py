"""Conflicts have a status, and the database keeps judges from what they conflict with."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision = "0004_conflict_decisions"
down_revision = "0003_plans_and_outbox"
branch_labels = None
depends_on = None

OLD_SOURCES = ("organizer", "judge", "import")
SOURCES = (
    "organizer",
    "judge",
    "team",
    "import",
    "relation",
    "employer",
    "same_school",
    "instructor",
    "member",
)
BLOCKED = (
    "NEW.state != 'recused' AND EXISTS (SELECT 1 FROM conflict "
    "JOIN entry ON entry.team_id = conflict.team_id "
    "WHERE entry.id = NEW.entry_id AND conflict.judge_id = NEW.judge_id "
    "AND conflict.status != 'dismissed')"
)
MESSAGE = "the judge is in conflict with the team"


def upgrade() -> None:
    rebuild(
        SOURCES,
        sa.Column(
            "status",
            sa.Enum(
                "found",
                "confirmed",
                "dismissed",
                name="conflictstatus",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("decision_reason", sa.Text(), nullable=False),
        sa.Column("decided_at", sa.DateTime(), nullable=True),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["decided_by"], ["account.id"], name="fk_conflict_decided_by"),
        sa.CheckConstraint(
            "status != 'dismissed' OR decision_reason != ''",
            name=op.f("ck_conflict_dismissal_reason"),
        ),
        sa.UniqueConstraint(
            "judge_id", "team_id", "source", name="uq_conflict_judge_id_team_id_source"
        ),
        fill="INSERT INTO conflict "
        "(id, judge_id, team_id, source, reason, created_at, status, decision_reason) "
        "SELECT id, judge_id, team_id, source, reason, created_at, 'confirmed', '' "
        "FROM old_conflict",
    )
    create_triggers()


def downgrade() -> None:
    drop_triggers()
    rebuild(
        OLD_SOURCES,
        sa.UniqueConstraint("judge_id", "team_id", name="uq_conflict_judge_id_team_id"),
        fill="INSERT INTO conflict (id, judge_id, team_id, source, reason, created_at) "
        "SELECT id, judge_id, team_id, source, reason, created_at FROM old_conflict WHERE id IN "
        "(SELECT min(id) FROM old_conflict WHERE status != 'dismissed' "
        "AND source IN ('organizer', 'judge', 'import') GROUP BY judge_id, team_id)",
    )


def rebuild(sources: Sequence[str], *parts: sa.schema.SchemaItem, fill: str) -> None:
    """Make the table anew: what its columns may hold cannot be changed in place everywhere."""
    op.execute("CREATE TEMPORARY TABLE old_conflict AS SELECT * FROM conflict")
    op.drop_table("conflict")
    op.create_table(
        "conflict",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("judge_id", sa.Integer(), nullable=False),
        sa.Column("team_id", sa.Integer(), nullable=False),
        sa.Column(
            "source",
            sa.Enum(
                *sources,
                name="conflictsource",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        *(part for part in parts if isinstance(part, sa.Column)),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        *(part for part in parts if not isinstance(part, sa.Column)),
        sa.ForeignKeyConstraint(["judge_id"], ["judge.id"], name="fk_conflict_judge_id"),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name="fk_conflict_team_id"),
        sa.PrimaryKeyConstraint("id", name="pk_conflict"),
    )
    op.create_index("ix_conflict_team_id", "conflict", ["team_id"])
    op.execute(fill)
    op.execute("DROP TABLE old_conflict")
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "SELECT setval(pg_get_serial_sequence('conflict', 'id'), "
            "(SELECT coalesce(max(id), 0) + 1 FROM conflict), false)"
        )


def create_triggers() -> None:
    """A judge never comes by an entry in conflict: neither anew nor by a change of state.

    What is done stays on record; taking it back to the judge is refused by the services.
    """
    if op.get_bind().dialect.name == "sqlite":
        for name, event in (
            ("insert", "INSERT ON assignment WHEN"),
            (
                "update",
                "UPDATE OF state, entry_id, judge_id ON assignment WHEN OLD.state != 'done' AND",
            ),
        ):
            op.execute(
                f"CREATE TRIGGER assignment_no_conflict_{name} BEFORE {event} {BLOCKED} "
                f"BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END"
            )
        return
    op.execute(
        "CREATE FUNCTION refuse_conflict() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF {BLOCKED} THEN RAISE EXCEPTION '{MESSAGE}' "
        "USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW; END $$"
    )
    op.execute(
        "CREATE TRIGGER assignment_no_conflict_insert BEFORE INSERT ON assignment "
        "FOR EACH ROW EXECUTE FUNCTION refuse_conflict()"
    )
    op.execute(
        "CREATE TRIGGER assignment_no_conflict_update "
        "BEFORE UPDATE OF state, entry_id, judge_id ON assignment FOR EACH ROW "
        "WHEN (OLD.state != 'done') EXECUTE FUNCTION refuse_conflict()"
    )


def drop_triggers() -> None:
    on = "" if op.get_bind().dialect.name == "sqlite" else " ON assignment"
    for name in ("insert", "update"):
        op.execute(f"DROP TRIGGER assignment_no_conflict_{name}{on}")
    if on:
        op.execute("DROP FUNCTION refuse_conflict()")
