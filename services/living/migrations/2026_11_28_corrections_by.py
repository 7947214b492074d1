"""An index of the corrections of a login that wait: each may have only so many."""

from alembic import op

revision = "living_0011"
down_revision = "living_0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds it."""
    op.execute("CREATE INDEX facility_correction_by ON facility_correction (by) WHERE state = 'waiting' AND by <> ''")


def downgrade() -> None:
    """Drops it."""
    op.execute("DROP INDEX facility_correction_by")
