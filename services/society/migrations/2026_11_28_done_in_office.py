"""What staff did is found by their login, for their own data."""

from alembic import op

revision = "society_0018"
down_revision = "society_0017"
branch_labels = None
depends_on = None

COLUMNS = (
    ("booth_count", "counted_by", "created_at"),
    ("ballot", "cancel_asked_by", "created_at"),
    ("ballot", "cancelled_by", "created_at"),
    ("comment", "decided_by", "created_at"),
    ("course_change", "by", "at"),
    ("attendance_mark", "by", "at"),
    ("certificate", "issued_by", "issued_at"),
    ("certificate", "withdrawn_by", "issued_at"),
    ("process_step", "by", "at"),
    ("proposal_step", "by", "at"),
    ("resident", "decided_by", "created_at"),
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
