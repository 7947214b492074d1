"""From which call a clock counts that had stopped before an earlier call was joined to its incident, and where it was
said that nobody of its service is needed any more.
"""

from alembic import op

revision = "governance_0020"
down_revision = "governance_0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds the columns. Where they are empty the first call of the incident counts, and somebody is needed."""
    op.execute(
        """
        ALTER TABLE incident_clock
            ADD COLUMN called_at timestamptz, ADD COLUMN unneeded_in uuid REFERENCES incident (id);
        COMMENT ON COLUMN incident_clock.unneeded_in IS 'The incident at which its service was said not to be needed.';
        """
    )


def downgrade() -> None:
    """Takes them away."""
    op.execute("ALTER TABLE incident_clock DROP COLUMN called_at, DROP COLUMN unneeded_in")
