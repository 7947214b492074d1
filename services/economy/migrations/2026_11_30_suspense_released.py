"""Money that was released from suspense is found by whom it went to: it is takings of theirs."""

from alembic import op

from services.kit.database import indexes

revision = "economy_0029"
down_revision = "economy_0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Makes the index."""
    indexes.build({"suspense_released": "suspense (target, updated_at) WHERE state = 'released'"})


def downgrade() -> None:
    """Takes it away."""
    op.execute("DROP INDEX suspense_released")
