"""What a pillar asked for and was declined keeps its answer."""

from alembic import op

revision = "economy_0045"
down_revision = "economy_0043"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Makes the table."""
    op.execute(
        """
        CREATE TABLE payment_declined (
            requester text NOT NULL,
            request text NOT NULL,
            reason text NOT NULL,
            declined_at timestamptz NOT NULL,
            PRIMARY KEY (requester, request)
        )
        """
    )


def downgrade() -> None:
    """Drops it."""
    op.execute("DROP TABLE payment_declined")
