"""What staff did is found by their login, for their own data."""

from alembic import op

revision = "environment_0024"
down_revision = "environment_0023"
branch_labels = None
depends_on = None

COLUMNS = (
    ("pump_command", "by", "created_at"),
    ("rule_version", "by", "created_at"),
    ("correction", "by", "created_at"),
    ("warning_proposal", "by", "created_at"),
    ("warning_proposal", "decided_by", "created_at"),
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
