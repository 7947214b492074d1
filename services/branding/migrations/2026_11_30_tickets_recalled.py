"""Tickets that were passed on and taken back before anybody took them over."""

from alembic import op

revision = "branding_0025"
down_revision = "branding_0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds how often: a link that was handed over and called in never holds again."""
    op.execute("ALTER TABLE ticket ADD COLUMN recalls bigint NOT NULL DEFAULT 0")


def downgrade() -> None:
    """Forgets it: links that were called in would hold again for what is passed on once more."""
    op.execute("ALTER TABLE ticket DROP COLUMN recalls")
