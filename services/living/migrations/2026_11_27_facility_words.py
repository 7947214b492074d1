"""An index of corrections whose words are still kept, by when they were decided on."""

from alembic import op

revision = "living_0003"
down_revision = "living_0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Makes the index."""
    op.execute("CREATE INDEX facility_correction_words ON facility_correction (decided_at) WHERE reason <> ''")


def downgrade() -> None:
    """Drops it."""
    op.execute("DROP INDEX facility_correction_words")
