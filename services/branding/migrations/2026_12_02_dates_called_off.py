"""Dates to come that are called off are found for calendars, among all that are planned."""

from alembic import op

from services.kit.database import indexes

revision = "branding_0037"
down_revision = "branding_0036"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Makes the index."""
    indexes.build({"occasion_cancelled": "occasion (starts_at) WHERE state = 'cancelled'"})


def downgrade() -> None:
    """Takes it away."""
    op.execute("DROP INDEX occasion_cancelled")
