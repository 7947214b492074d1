"""What was done says to which business, and of money in suspense where it was to go, back to its payer or to whom."""

from alembic import op

revision = "economy_0038"
down_revision = "economy_0037"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds the columns, at once; a later migration fills them in, while which everything goes on."""
    op.execute("ALTER TABLE act ADD COLUMN merchant uuid, ADD COLUMN to_payer boolean NOT NULL DEFAULT false")


def downgrade() -> None:
    """Takes them away."""
    op.execute("ALTER TABLE act DROP COLUMN merchant, DROP COLUMN to_payer")
