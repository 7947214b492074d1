"""What gauges say of a zone is read from the alarms that are open, and not kept a second time."""

from alembic import op

revision = "environment_0010"
down_revision = "environment_0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Drops the copy."""
    op.execute("DROP TABLE warning_alarm")


def downgrade() -> None:
    """Makes it again, empty: it fills with the alarms that open from then on."""
    op.execute(
        """
        CREATE TABLE warning_alarm (
            alarm uuid NOT NULL,
            zone text NOT NULL,
            level text NOT NULL,
            exercise boolean NOT NULL,
            opened_at timestamptz NOT NULL,
            PRIMARY KEY (alarm, zone)
        );
        CREATE INDEX warning_alarm_zone ON warning_alarm (zone, exercise);
        """
    )
