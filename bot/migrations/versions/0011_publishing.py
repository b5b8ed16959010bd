"""Published answers."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.create_table(
        "published_answers",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("needs_review", sa.Boolean(), nullable=False),
        sa.Column("proposed", sa.DateTime(), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_published_answers")),
    )
    op.create_index(op.f("ix_published_answers_state"), "published_answers", ["state"])
    _create_parts()


def _create_parts() -> None:
    op.create_table(
        "published_answer_cases",
        sa.Column("answer_id", sa.String(32), nullable=False),
        sa.Column("case_id", sa.String(32), nullable=False),
        sa.PrimaryKeyConstraint("answer_id", "case_id", name=op.f("pk_published_answer_cases")),
        sa.ForeignKeyConstraint(
            ["answer_id"], ["published_answers.id"], name=op.f("fk_published_answer_cases_answer_id_published_answers")
        ),
    )
    op.create_index(op.f("ix_published_answer_cases_case_id"), "published_answer_cases", ["case_id"])
    op.create_table(
        "published_answer_events",
        sa.Column("answer_id", sa.String(32), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("answer_id", "version", name=op.f("pk_published_answer_events")),
        sa.ForeignKeyConstraint(
            ["answer_id"], ["published_answers.id"], name=op.f("fk_published_answer_events_answer_id_published_answers")
        ),
    )


def downgrade() -> None:
    op.drop_table("published_answer_events")
    op.drop_table("published_answer_cases")
    op.drop_table("published_answers")
