"""The treasury gives counters back what batches took, for refunds: how much is in a batch, and in all of a counter."""

from alembic import op

from services.kit.database import indexes

revision = "economy_0022"
down_revision = "economy_0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds the column, where an attempt that was broken off has not, and the index."""
    op.execute("ALTER TABLE batch ADD IF NOT EXISTS covered bigint NOT NULL DEFAULT 0")
    indexes.build({"transfer_cover": "transfer (credit) INCLUDE (amount) WHERE kind = 'cover'"})


def downgrade() -> None:
    """Takes them away."""
    op.execute("DROP INDEX transfer_cover; ALTER TABLE batch DROP covered")
