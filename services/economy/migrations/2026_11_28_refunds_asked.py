"""Refunds that a pillar asks for under its own reference: each once."""

from alembic import op

from services.kit.database import indexes

revision = "economy_0014"
down_revision = "economy_0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds the reference, where an attempt that was broken off has not, and the index."""
    op.execute(
        """
        ALTER TABLE refund ADD IF NOT EXISTS requester text NOT NULL DEFAULT '',
            ADD IF NOT EXISTS reference text NOT NULL DEFAULT ''
        """
    )
    indexes.build({"refund_reference": "refund (requester, reference) WHERE requester <> ''"}, unique=True)


def downgrade() -> None:
    """Takes it away."""
    op.execute("ALTER TABLE refund DROP requester, DROP reference")
