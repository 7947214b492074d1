"""Finds the oldest contacts that are still kept, to be erased when their cases have been over for long."""

from alembic import op

from services.kit.database import indexes

revision = "governance_0028"
down_revision = "governance_0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Makes the index."""
    indexes.build({"contact_kept": "contact (create_time) WHERE erase_time IS NULL"})


def downgrade() -> None:
    """Drops it."""
    op.execute("DROP INDEX contact_kept")
