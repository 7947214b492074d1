"""Whose login asked for the payment of a bill is found by it, for their own data."""

from alembic import op

from services.kit.database import indexes

revision = "economy_0017"
down_revision = "economy_0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Makes the index."""
    indexes.build({"payment_of_bill_asked": "payment (creator, id) WHERE bill <> '' AND creator <> ''"})


def downgrade() -> None:
    """Takes it away."""
    op.execute("DROP INDEX payment_of_bill_asked")
