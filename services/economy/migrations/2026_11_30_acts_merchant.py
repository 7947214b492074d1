"""What was done to a business, or to whom money in suspense was to go, says which business it was."""

from alembic import op

revision = "economy_0038"
down_revision = "economy_0037"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds the merchant, at once; a later migration fills it in, while which everything goes on."""
    op.execute("ALTER TABLE act ADD COLUMN merchant uuid")


def downgrade() -> None:
    """Takes it away."""
    op.execute("ALTER TABLE act DROP COLUMN merchant")
