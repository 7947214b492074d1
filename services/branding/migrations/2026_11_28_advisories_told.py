"""Advisories belong to a story, by which their events are told."""

from alembic import op

revision = "branding_0016"
down_revision = "branding_0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds the column; advisories of before are stories of their own."""
    op.execute(
        """
        ALTER TABLE advisory ADD COLUMN story text NOT NULL DEFAULT '';
        UPDATE advisory SET story = id::text WHERE state = 'active';
        """
    )


def downgrade() -> None:
    """Drops it."""
    op.execute("ALTER TABLE advisory DROP COLUMN story")
