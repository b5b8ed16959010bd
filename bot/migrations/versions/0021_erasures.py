"""Of an entry in the audit log, who it was may be erased, once; all else in the log stays as it was written. And the
days on which what is done once a night was last done."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"

_REFUSED = "the audit log is only ever added to"
_KEPT = ("seq", "moment", "about", "what", "version", "digest", "hash")
_ERASES = " AND ".join(
    (
        "NEW.actor_id LIKE 'erased:%'",
        "OLD.actor_id NOT LIKE 'erased:%'",
        *(f"NEW.{name} = OLD.{name}" for name in _KEPT),
    )
)


def upgrade() -> None:
    op.create_table(
        "nightly",
        sa.Column("job", sa.String(32), nullable=False),
        sa.Column("day", sa.String(10), nullable=False),
        sa.PrimaryKeyConstraint("job", name=op.f("pk_nightly")),
    )
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TRIGGER audit_no_update")
        op.execute(
            f"CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit WHEN NOT ({_ERASES}) "
            f"BEGIN SELECT RAISE(ABORT, '{_REFUSED}'); END"
        )
        return
    op.execute("DROP TRIGGER audit_guard ON audit")
    op.execute(
        "CREATE OR REPLACE FUNCTION audit_guard() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF TG_OP = 'UPDATE' THEN IF {_ERASES} THEN RETURN NEW; END IF; END IF; "
        f"RAISE EXCEPTION '{_REFUSED}'; END $$"
    )
    op.execute(
        "CREATE TRIGGER audit_guard BEFORE UPDATE OR DELETE ON audit FOR EACH ROW EXECUTE FUNCTION audit_guard()"
    )
    op.execute(
        "CREATE TRIGGER audit_guard_whole BEFORE TRUNCATE ON audit FOR EACH STATEMENT EXECUTE FUNCTION audit_guard()"
    )


def downgrade() -> None:
    op.drop_table("nightly")
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TRIGGER audit_no_update")
        op.execute(
            f"CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, '{_REFUSED}'); END"
        )
        return
    op.execute("DROP TRIGGER audit_guard_whole ON audit")
    op.execute("DROP TRIGGER audit_guard ON audit")
    op.execute(
        "CREATE OR REPLACE FUNCTION audit_guard() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{_REFUSED}'; END $$"
    )
    op.execute(
        "CREATE TRIGGER audit_guard BEFORE UPDATE OR DELETE OR TRUNCATE ON audit "
        "FOR EACH STATEMENT EXECUTE FUNCTION audit_guard()"
    )
