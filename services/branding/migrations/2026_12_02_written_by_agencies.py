"""Events know which agency's officer wrote what waits."""

from alembic import op

revision = "branding_0036"
down_revision = "branding_0035"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds it. Of what waits already it is not known: where that matters, the agency writes it once more."""
    op.execute("ALTER TABLE city_event ADD COLUMN written_agency text NOT NULL DEFAULT ''")


def downgrade() -> None:
    """Forgets it: the office publishes all that waits of an agency's events."""
    op.execute("ALTER TABLE city_event DROP COLUMN written_agency")
