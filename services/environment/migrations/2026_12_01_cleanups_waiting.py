"""A job stands still while its complaint waits for an answer of its reporter."""

from alembic import op

revision = "environment_0032"
down_revision = "environment_0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Makes the column."""
    op.execute("ALTER TABLE cleanup ADD COLUMN waiting boolean NOT NULL DEFAULT false")


def downgrade() -> None:
    """Takes it away."""
    op.execute("ALTER TABLE cleanup DROP COLUMN waiting")
