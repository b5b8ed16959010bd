"""Up to where it was dealt with what has changed in the sources, and what of that concerned which case."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    """What has changed before is no news of any case."""
    op.create_table(
        "source_changes_dealt",
        sa.Column("ledger", sa.String(32), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("ledger", name=op.f("pk_source_changes_dealt")),
    )
    op.add_column("case_events", sa.Column("source", sa.JSON(), nullable=True))


def downgrade() -> None:
    """Forget it. Events that such a change led to say nothing any more of what it was."""
    op.drop_column("case_events", "source")
    op.drop_table("source_changes_dealt")
