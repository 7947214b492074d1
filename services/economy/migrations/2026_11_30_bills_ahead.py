"""Bills whose payment is ahead of them are found from the payments' side."""

from alembic import op

from services.kit.database import indexes

revision = "economy_0025"
down_revision = "economy_0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Makes the index."""
    indexes.build({"payment_of_bill_moved": "payment (updated_at DESC) WHERE bill <> '' AND captured_at IS NOT NULL"})


def downgrade() -> None:
    """Takes it away."""
    op.execute("DROP INDEX payment_of_bill_moved")
