"""Refunds that a pillar asks for under its own reference: each once."""

from alembic import op

revision = "economy_0014"
down_revision = "economy_0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds the reference."""
    op.execute(
        """
        ALTER TABLE refund ADD requester text NOT NULL DEFAULT '', ADD reference text NOT NULL DEFAULT '';
        CREATE UNIQUE INDEX refund_reference ON refund (requester, reference) WHERE requester <> '';
        """
    )


def downgrade() -> None:
    """Takes it away."""
    op.execute("ALTER TABLE refund DROP requester, DROP reference")
