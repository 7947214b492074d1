"""Money in suspense is found by the payment that it came for, whose page tells of it."""

from alembic import op

from services.kit.database import indexes

revision = "economy_0037"
down_revision = "economy_0036"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Makes the index."""
    indexes.build({"suspense_payment": "suspense (payment, created_at DESC, id DESC) WHERE payment IS NOT NULL"})


def downgrade() -> None:
    """Takes it away."""
    op.execute("DROP INDEX suspense_payment")
