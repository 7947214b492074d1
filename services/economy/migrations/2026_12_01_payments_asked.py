"""What a login asked to be paid at a till, at a counter or into its wallet is found by it, for its own data."""

from alembic import op

from services.kit.database import indexes

revision = "economy_0052"
down_revision = "economy_0051"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Makes the index."""
    indexes.build(
        {"payment_asked_by": "payment (creator, created_at) WHERE requester = '' AND bill = '' AND creator <> ''"}
    )


def downgrade() -> None:
    """Takes it away."""
    op.execute("DROP INDEX payment_asked_by")
