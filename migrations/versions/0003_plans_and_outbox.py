"""Bids, plans of assignments with their pairs, further names of organizations, outgoing mail."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003_plans_and_outbox"
down_revision = "0002_append_only"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "outbox_mail",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("competition_id", sa.Integer(), nullable=True),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("recipient", sa.String(length=254), nullable=False),
        sa.Column("language", sa.String(length=20), nullable=False),
        sa.Column("subject", sa.String(length=300), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("dedup_key", sa.String(length=120), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "queued",
                "sent",
                "failed",
                name="mailstate",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("error", sa.String(length=300), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("due_at", sa.DateTime(), nullable=False),
        sa.Column("sent_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_outbox_mail_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["competition_id"], ["competition.id"], name=op.f("fk_outbox_mail_competition_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox_mail")),
        sa.UniqueConstraint("dedup_key", name=op.f("uq_outbox_mail_dedup_key")),
    )
    with op.batch_alter_table("outbox_mail", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_outbox_mail_competition_id_id"), ["competition_id", "id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_outbox_mail_state_due_at"), ["state", "due_at"], unique=False
        )

    op.create_table(
        "assignment_plan",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "proposed",
                "published",
                "superseded",
                name="planstatus",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column(
            "changes",
            sa.Enum(
                "anew",
                "fewest",
                "small",
                name="planchanges",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("wish", sa.JSON(), nullable=False),
        sa.Column("seed", sa.Integer(), nullable=False),
        sa.Column("report", sa.JSON(), nullable=False),
        sa.Column("edits", sa.Integer(), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("published_by", sa.Integer(), nullable=True),
        sa.Column("published_at", sa.DateTime(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "status != 'published' OR published_at IS NOT NULL",
            name=op.f("ck_assignment_plan_published_at_known"),
        ),
        sa.ForeignKeyConstraint(
            ["created_by"], ["account.id"], name=op.f("fk_assignment_plan_created_by")
        ),
        sa.ForeignKeyConstraint(
            ["published_by"], ["account.id"], name=op.f("fk_assignment_plan_published_by")
        ),
        sa.ForeignKeyConstraint(
            ["round_id"], ["round.id"], name=op.f("fk_assignment_plan_round_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignment_plan")),
        sa.UniqueConstraint("round_id", "number", name=op.f("uq_assignment_plan_round_id_number")),
    )
    with op.batch_alter_table("assignment_plan", schema=None) as batch_op:
        batch_op.create_index(
            "uq_assignment_plan_published",
            ["round_id"],
            unique=True,
            sqlite_where=sa.text("status = 'published'"),
            postgresql_where=sa.text("status = 'published'"),
        )

    op.create_table(
        "organization_alias",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("competition_id", sa.Integer(), nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["competition_id"],
            ["competition.id"],
            name=op.f("fk_organization_alias_competition_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organization.id"],
            name=op.f("fk_organization_alias_organization_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organization_alias")),
        sa.UniqueConstraint(
            "competition_id", "key", name=op.f("uq_organization_alias_competition_id_key")
        ),
    )
    with op.batch_alter_table("organization_alias", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_organization_alias_organization_id"), ["organization_id"], unique=False
        )

    op.create_table(
        "panel_setup",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("wish", sa.JSON(), nullable=False),
        sa.Column("bids_close_at", sa.DateTime(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name=op.f("fk_panel_setup_round_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_panel_setup")),
        sa.UniqueConstraint("round_id", name=op.f("uq_panel_setup_round_id")),
    )
    op.create_table(
        "team_declaration",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("team_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_team_declaration_team_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_team_declaration")),
        sa.UniqueConstraint("team_id", "key", name=op.f("uq_team_declaration_team_id_key")),
    )
    op.create_table(
        "bid",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("judge_id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column(
            "choice",
            sa.Enum(
                "want",
                "can",
                "rather_not",
                "must_not",
                name="bidchoice",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("updated_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], name=op.f("fk_bid_entry_id")),
        sa.ForeignKeyConstraint(["judge_id"], ["judge.id"], name=op.f("fk_bid_judge_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bid")),
        sa.UniqueConstraint("judge_id", "entry_id", name=op.f("uq_bid_judge_id_entry_id")),
    )
    with op.batch_alter_table("bid", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_bid_entry_id"), ["entry_id"], unique=False)

    op.create_table(
        "planned_pair",
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("judge_id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "planned",
                "locked",
                "excluded",
                name="pairstate",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], name=op.f("fk_planned_pair_entry_id")),
        sa.ForeignKeyConstraint(["judge_id"], ["judge.id"], name=op.f("fk_planned_pair_judge_id")),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["assignment_plan.id"], name=op.f("fk_planned_pair_plan_id")
        ),
        sa.PrimaryKeyConstraint("plan_id", "entry_id", "judge_id", name=op.f("pk_planned_pair")),
    )
    with op.batch_alter_table("planned_pair", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_planned_pair_entry_id"), ["entry_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_planned_pair_judge_id"), ["judge_id"], unique=False)

    op.add_column("account", sa.Column("language", sa.String(length=10), nullable=True))


def downgrade() -> None:
    op.drop_column("account", "language")

    with op.batch_alter_table("planned_pair", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_planned_pair_judge_id"))
        batch_op.drop_index(batch_op.f("ix_planned_pair_entry_id"))

    op.drop_table("planned_pair")
    with op.batch_alter_table("bid", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_bid_entry_id"))

    op.drop_table("bid")
    op.drop_table("team_declaration")
    op.drop_table("panel_setup")
    with op.batch_alter_table("organization_alias", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_organization_alias_organization_id"))

    op.drop_table("organization_alias")
    with op.batch_alter_table("assignment_plan", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_assignment_plan_published",
            sqlite_where=sa.text("status = 'published'"),
            postgresql_where=sa.text("status = 'published'"),
        )

    op.drop_table("assignment_plan")
    with op.batch_alter_table("outbox_mail", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_outbox_mail_state_due_at"))
        batch_op.drop_index(batch_op.f("ix_outbox_mail_competition_id_id"))

    op.drop_table("outbox_mail")
