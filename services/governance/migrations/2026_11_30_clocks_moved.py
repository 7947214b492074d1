"""From which call a clock counts that had stopped before an earlier call was joined to its incident."""

from alembic import op

revision = "governance_0020"
down_revision = "governance_0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds the column. Where it is empty the first call of the incident counts."""
    op.execute("ALTER TABLE incident_clock ADD COLUMN called_at timestamptz")


def downgrade() -> None:
    """Takes it away."""
    op.execute("ALTER TABLE incident_clock DROP COLUMN called_at")
