"""What was given back by hand is written in words that the version before can read."""

from alembic import op

revision = "branding_0022"
down_revision = "branding_0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds whether; those that were written with the cause ``by_hand`` stay, and are known by that."""
    op.execute("ALTER TABLE ticket_refund ADD COLUMN by_hand boolean NOT NULL DEFAULT false")


def downgrade() -> None:
    """Says it by their cause again."""
    op.execute(
        "UPDATE ticket_refund SET cause = 'by_hand' WHERE by_hand; ALTER TABLE ticket_refund DROP COLUMN by_hand"
    )
