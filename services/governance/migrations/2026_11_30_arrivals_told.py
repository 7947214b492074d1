"""Which arrival was told for a clock, so that it is taken back where it was not that clock's after all."""

from alembic import op

revision = "governance_0019"
down_revision = "governance_0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds the columns. Until now each clock that stopped was told of, when it did."""
    op.execute(
        """
        ALTER TABLE incident_clock ADD COLUMN told_at timestamptz, ADD COLUMN told integer NOT NULL DEFAULT 0;
        UPDATE incident_clock SET told_at = arrived_at, told = 1 WHERE arrived_at IS NOT NULL;
        """
    )


def downgrade() -> None:
    """Takes them away."""
    op.execute("ALTER TABLE incident_clock DROP COLUMN told_at, DROP COLUMN told")
