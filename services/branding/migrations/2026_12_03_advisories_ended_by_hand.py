"""What officers ended stays so while its source says nothing graver: it is found also once it is over."""

from alembic import op

from services.kit.database import indexes

revision = "branding_0038"
down_revision = "branding_0037"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds who ended it, and finds what came from a source in whatever state it is."""
    op.execute("ALTER TABLE advisory ADD COLUMN IF NOT EXISTS by_hand boolean NOT NULL DEFAULT false")
    indexes.build({"advisory_source": "advisory (origin, source, id)"})


def downgrade() -> None:
    """Takes it away."""
    indexes.build({"advisory_source": "advisory (origin, source, id) WHERE state = 'active'"})
    op.execute("ALTER TABLE advisory DROP COLUMN by_hand")
