"""What is counted again is counted a month at a time: which one is next."""

from alembic import op

revision = "governance_0022"
down_revision = "governance_0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Makes the column."""
    op.execute("ALTER TABLE performance_recompute ADD next date")


def downgrade() -> None:
    """Drops it."""
    op.execute("ALTER TABLE performance_recompute DROP next")
