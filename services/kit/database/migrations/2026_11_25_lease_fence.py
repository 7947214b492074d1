"""The fence of a lease becomes a key: a fenced transaction keeps others from taking it, not its owner from renewing it.

PostgreSQL locks a row FOR UPDATE when an UPDATE changes a column of a unique index, and FOR NO KEY UPDATE otherwise;
only the first conflicts with the FOR KEY SHARE of a fenced transaction.
"""

from alembic import op

revision = "kit_0002"
down_revision = "kit_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds the key."""
    op.execute("ALTER TABLE lease ADD CONSTRAINT lease_name_fence_key UNIQUE (name, fence)")


def downgrade() -> None:
    """Drops the key."""
    op.execute("ALTER TABLE lease DROP CONSTRAINT lease_name_fence_key")
