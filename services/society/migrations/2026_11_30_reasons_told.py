"""Holders read why their certificate was withdrawn, where who wrote it knew that they would."""

from alembic import op

revision = "society_0025"
down_revision = "society_0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Makes the column: what was written before, or by a process of the version before, is for the agency alone."""
    op.execute("ALTER TABLE certificate ADD told boolean NOT NULL DEFAULT false")


def downgrade() -> None:
    """Drops it."""
    op.execute("ALTER TABLE certificate DROP told")
