"""Money in suspense keeps by whose QRIS it came."""

from alembic import op

revision = "economy_0051"
down_revision = "economy_0050"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds the column. By which QRIS the money of before came nobody knows."""
    op.execute("ALTER TABLE suspense ADD COLUMN nmid text NOT NULL DEFAULT ''")


def downgrade() -> None:
    """Takes it away."""
    op.execute("SET CONSTRAINTS suspense_counts IMMEDIATE")  # counted at once, or the table could not be altered
    op.execute("ALTER TABLE suspense DROP COLUMN nmid")
