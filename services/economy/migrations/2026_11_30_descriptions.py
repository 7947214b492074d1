"""What a payment is for, in English as well. Empty of those of before, and of what pods of before write."""

from alembic import op

revision = "economy_0036"
down_revision = "economy_0035"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Makes the column."""
    op.execute("ALTER TABLE payment ADD COLUMN description_en text NOT NULL DEFAULT ''")


def downgrade() -> None:
    """Takes it away."""
    op.execute("ALTER TABLE payment DROP COLUMN description_en")
