"""An index of the drafts of events that were dropped, so that those of long ago are found and go."""

from alembic import op

from services.kit.database import indexes

revision = "branding_0030"
down_revision = "branding_0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds it."""
    on = "city_event (cancelled_at) WHERE cancelled_at IS NOT NULL AND published_at IS NULL"
    indexes.build({"city_event_dropped": on})


def downgrade() -> None:
    """Drops it."""
    op.execute("DROP INDEX city_event_dropped")
