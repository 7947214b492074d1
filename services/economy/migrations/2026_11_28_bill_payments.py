"""Whose login asked for the payment of a bill is found by it, for their own data."""

from alembic import op

revision = "economy_0017"
down_revision = "economy_0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Makes the index beside payments that go on; what an attempt that was broken off left of it goes first."""
    with op.get_context().autocommit_block():
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS payment_of_bill_asked")
        op.execute(
            "CREATE INDEX CONCURRENTLY payment_of_bill_asked ON payment (creator, id)"
            " WHERE bill <> '' AND creator <> ''"
        )


def downgrade() -> None:
    """Takes it away."""
    op.execute("DROP INDEX payment_of_bill_asked")
