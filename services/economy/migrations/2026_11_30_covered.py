"""The treasury gives counters back what batches took, for refunds: how much is in a batch, and in all of a counter."""

from alembic import op

revision = "economy_0022"
down_revision = "economy_0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds the column and the index, in which nothing is yet."""
    op.execute(
        """
        ALTER TABLE batch ADD covered bigint NOT NULL DEFAULT 0;
        CREATE INDEX transfer_cover ON transfer (credit) INCLUDE (amount) WHERE kind = 'cover';
        """
    )


def downgrade() -> None:
    """Takes them away."""
    op.execute("DROP INDEX transfer_cover; ALTER TABLE batch DROP covered")
