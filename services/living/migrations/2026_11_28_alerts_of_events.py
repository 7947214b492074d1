"""Service alerts may come from an event of the city."""

from alembic import op

revision = "living_0014"
down_revision = "living_0013"
branch_labels = None
depends_on = None

CHECK = """
ALTER TABLE service_alert DROP CONSTRAINT service_alert_origin_check,
    ADD CONSTRAINT service_alert_origin_check CHECK (origin IN ({origins})) NOT VALID;
ALTER TABLE service_alert VALIDATE CONSTRAINT service_alert_origin_check;
"""


def upgrade() -> None:
    """Lets them in."""
    op.execute(CHECK.format(origins="'officers', 'warning', 'operator', 'event'"))


def downgrade() -> None:
    """Keeps them out."""
    op.execute("DELETE FROM service_alert_change USING service_alert WHERE alert = id AND origin = 'event'")
    op.execute("DELETE FROM service_alert WHERE origin = 'event'")
    op.execute(CHECK.format(origins="'officers', 'warning', 'operator'"))
