"""Feeds of operators speak for one agency, and say so much an hour; their alerts are found by feed, and go at last."""

from alembic import op

revision = "living_0009"
down_revision = "living_0008"
branch_labels = None
depends_on = None

CHANGES = """
-- `timetable` is the number of the one by which it was read last; `version` counts what it told of trips; `steps` are
-- those of its alerts since `hour`.
ALTER TABLE operator_feed
    ADD COLUMN agency text NOT NULL DEFAULT '',
    ADD COLUMN timetable integer NOT NULL DEFAULT 0,
    ADD COLUMN version integer NOT NULL DEFAULT 0,
    ADD COLUMN hour timestamptz,
    ADD COLUMN steps integer NOT NULL DEFAULT 0;
CREATE INDEX service_alert_own ON service_alert (id) WHERE state = 'published' AND origin <> 'operator';
CREATE INDEX service_alert_feed ON service_alert (split_part(source, '/', 1), id)
    WHERE state = 'published' AND origin = 'operator';
CREATE INDEX service_alert_old ON service_alert (ended_at) WHERE state = 'ended' AND origin = 'operator';
"""


def upgrade() -> None:
    """Adds the columns and the indexes."""
    op.execute(CHANGES)


def downgrade() -> None:
    """Drops them."""
    op.execute("DROP INDEX service_alert_own, service_alert_feed, service_alert_old")
    op.execute(
        "ALTER TABLE operator_feed DROP COLUMN agency, DROP COLUMN timetable, DROP COLUMN version, DROP COLUMN hour,"
        " DROP COLUMN steps"
    )
