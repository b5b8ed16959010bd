"""The outbox knows which question a delivery is about, by the id that the log has."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"

FAILED = sa.text("failed_at IS NOT NULL")


def upgrade() -> None:
    op.add_column("outbox", sa.Column("trace", sa.String(64), nullable=False, server_default=""))
    op.create_index("ix_outbox_failed", "outbox", ["platform"], sqlite_where=FAILED, postgresql_where=FAILED)


def downgrade() -> None:
    op.drop_index("ix_outbox_failed", "outbox")
    op.drop_column("outbox", "trace")
