"""What an officer gives back alone is added up for each day."""

from alembic import op

from services.kit.database import indexes

revision = "economy_0010"
down_revision = "economy_0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Makes the index that the sum of a day is found by."""
    indexes.build({"refund_alone": "refund (requested_by, created_at) WHERE approved_by = ''"})


def downgrade() -> None:
    """Takes it away."""
    op.execute("DROP INDEX refund_alone")
