"""Permits among what is counted: until when their agency has to decide."""

from alembic import op

revision = "governance_0013"
down_revision = "governance_0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds the columns; nothing of before has one."""
    op.execute(
        """
        ALTER TABLE performance_event ADD COLUMN due timestamptz;
        ALTER TABLE performance_case ADD COLUMN due timestamptz;
        """
    )


def downgrade() -> None:
    """Drops them."""
    op.execute(
        """
        ALTER TABLE performance_event DROP COLUMN due;
        ALTER TABLE performance_case DROP COLUMN due;
        """
    )
