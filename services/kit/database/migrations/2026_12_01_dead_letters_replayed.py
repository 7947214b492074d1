"""Finds the dead letters that were replayed long ago without reading those that wait."""

from alembic import op

from services.kit.database import indexes

revision = "kit_0004"
down_revision = "kit_0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """An index of those alone."""
    indexes.build({"dead_letter_replayed": "dead_letter (replayed_at) WHERE replayed_at IS NOT NULL"})


def downgrade() -> None:
    """Without it."""
    op.execute("DROP INDEX dead_letter_replayed")
