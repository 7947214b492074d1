"""Clocks go along when an incident is merged into another, and come back when it is a matter of its own again.

Those of calls from paper forms are known by that.
"""

from alembic import op

revision = "governance_0017"
down_revision = "governance_0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds the columns, and lets two clocks of one service be at an incident."""
    op.execute(
        """
        ALTER TABLE incident_clock ADD COLUMN origin uuid REFERENCES incident (id);
        COMMENT ON COLUMN incident_clock.origin IS 'The incident that needs it, where that was merged into this one.';
        ALTER TABLE incident_clock DROP CONSTRAINT incident_clock_incident_service_key;
        CREATE UNIQUE INDEX incident_clock_needed ON incident_clock (coalesce(origin, incident), service);
        CREATE INDEX incident_clock_incident ON incident_clock (incident, due_at);
        ALTER TABLE incident ADD COLUMN paper boolean NOT NULL DEFAULT false;
        ALTER TABLE incident_clock ADD COLUMN paper boolean NOT NULL DEFAULT false;
        """
    )


def downgrade() -> None:
    """Gives clocks back to their incidents, where they matter no more."""
    op.execute(
        """
        UPDATE incident_clock SET incident = origin, open = false WHERE origin IS NOT NULL;
        DROP INDEX incident_clock_incident, incident_clock_needed;
        ALTER TABLE incident_clock ADD UNIQUE (incident, service);
        ALTER TABLE incident_clock DROP COLUMN origin, DROP COLUMN paper;
        ALTER TABLE incident DROP COLUMN paper;
        """
    )
