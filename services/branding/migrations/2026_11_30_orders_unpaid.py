"""Orders that are not paid are found by their sale, which is called off."""

from alembic import op

from services.kit.database import indexes

revision = "branding_0024"
down_revision = "branding_0023"
branch_labels = None
depends_on = None

UNPAID = {"ticket_order_unpaid": "ticket_order (sale, state, created_at) WHERE state IN ('held', 'expired')"}


def upgrade() -> None:
    """Adds the index."""
    indexes.build(UNPAID)


def downgrade() -> None:
    """Drops it."""
    op.execute("DROP INDEX ticket_order_unpaid")
