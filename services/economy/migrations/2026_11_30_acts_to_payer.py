"""Of money in suspense it is written down that it was to go back to its payer, apart from what nobody wrote down."""

from alembic import op

revision = "economy_0039"
down_revision = "economy_0038"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds it, at once."""
    op.execute("ALTER TABLE act ADD COLUMN to_payer boolean NOT NULL DEFAULT false")


def downgrade() -> None:
    """Takes it away."""
    op.execute("ALTER TABLE act DROP COLUMN to_payer")
