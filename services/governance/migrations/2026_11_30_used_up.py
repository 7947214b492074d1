"""When a case's working time is used up, to the moment, after it has waited: it is due at the end of that day."""

from alembic import op

revision = "governance_0023"
down_revision = "governance_0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds the column; the version before this one leaves it as it is."""
    op.execute("ALTER TABLE complaint ADD COLUMN used_up timestamptz")


def downgrade() -> None:
    """Takes it away."""
    op.execute("ALTER TABLE complaint DROP COLUMN used_up")
