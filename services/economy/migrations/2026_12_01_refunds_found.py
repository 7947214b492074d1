"""Refunds that only the bank's report had are known by it, so that they are missing on no other day."""

from alembic import op

from services.kit.database import indexes

revision = "economy_0043"
down_revision = "economy_0042"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Makes the index."""
    indexes.build({"difference_refund": "difference (provider_reference) WHERE kind = 'refund'"})


def downgrade() -> None:
    """Takes it away."""
    op.execute("DROP INDEX difference_refund")
