"""Which incidents a call was taken out of."""

from alembic import op

revision = "governance_0026"
down_revision = "governance_0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds the column."""
    op.execute("ALTER TABLE emergency_call ADD COLUMN former uuid[] NOT NULL DEFAULT '{}'")


def downgrade() -> None:
    """Drops it."""
    op.execute("ALTER TABLE emergency_call DROP COLUMN former")
