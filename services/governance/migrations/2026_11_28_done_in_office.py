"""What staff did is found by their login, for their own data."""

from alembic import op

revision = "governance_0014"
down_revision = "governance_0013"
branch_labels = None
depends_on = None

COLUMNS = (
    ("contact_read", "reader", "at"),
    ("emergency_caller_read", "subject", "at"),
    ("redaction", "asker", "create_time"),
    ("redaction", "approver", "create_time"),
    ("shift_handover", "by", "created_at"),
    ("shift_handover", "accepted_by", "created_at"),
)
"""Table, who did it, and when."""


def upgrade() -> None:
    """Makes the indexes beside writes that go on; what an attempt that was broken off left of them goes first."""
    with op.get_context().autocommit_block():
        for table, column, at in COLUMNS:
            op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {table}_done_{column}")
            op.execute(
                f"CREATE INDEX CONCURRENTLY {table}_done_{column} ON {table} ({column}, {at}) WHERE {column} <> ''"
            )


def downgrade() -> None:
    """Takes them away."""
    for table, column, _ in COLUMNS:
        op.execute(f"DROP INDEX {table}_done_{column}")
