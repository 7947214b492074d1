"""What staff did is found by their login, for their own data."""

from alembic import op

revision = "living_0018"
down_revision = "living_0017"
branch_labels = None
depends_on = None

COLUMNS = (
    ("facility_correction", "decided_by", "created_at"),
    ("feed_import", "brought_by", "created_at"),
    ("feed_import", "accepted_by", "created_at"),
    ("feed_swap", "swapped_by", "swapped_at"),
    ("concession", "decided_by", "created_at"),
    ("ride", "taken_by", "tapped_at"),
    ("ride", "decided_by", "tapped_at"),
    ("service_alert_change", "by", "at"),
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
