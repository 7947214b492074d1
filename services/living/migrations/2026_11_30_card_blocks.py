"""Why a card was blocked. Empty of those of before, and of what pods of before write."""

from alembic import op

revision = "living_0025"
down_revision = "living_0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Makes the column."""
    op.execute("ALTER TABLE travel_card ADD COLUMN block text NOT NULL DEFAULT ''")


def downgrade() -> None:
    """Takes it away."""
    op.execute("ALTER TABLE travel_card DROP COLUMN block")
