"""Plans of rounds that are made anew for a flood warning belong to its story."""

from alembic import op

revision = "environment_0023"
down_revision = "environment_0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds the column."""
    op.execute("ALTER TABLE round_plan ADD COLUMN story text NOT NULL DEFAULT ''")


def downgrade() -> None:
    """Drops it."""
    op.execute("ALTER TABLE round_plan DROP COLUMN story")
