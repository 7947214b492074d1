"""A batch keeps the account that it was paid out to. Empty of those of before, and of what pods of before write."""

from alembic import op

revision = "economy_0034"
down_revision = "economy_0033"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Makes the columns."""
    op.execute("ALTER TABLE batch ADD COLUMN bank text, ADD COLUMN bank_number text")


def downgrade() -> None:
    """Takes them away."""
    op.execute("ALTER TABLE batch DROP COLUMN bank, DROP COLUMN bank_number")
