"""What was given back by hand is written in words that the version before can read."""

from alembic import op

revision = "branding_0022"
down_revision = "branding_0021"
branch_labels = None
depends_on = None


KNOWN = "UPDATE ticket_refund SET cause = 'given_back', by_hand = true WHERE cause = 'by_hand'"


def upgrade() -> None:
    """Adds whether, also to those that were written with the cause ``by_hand``."""
    op.execute("ALTER TABLE ticket_refund ADD COLUMN by_hand boolean NOT NULL DEFAULT false")
    op.execute(KNOWN)


def downgrade() -> None:
    """Says it by their cause again."""
    op.execute(
        "UPDATE ticket_refund SET cause = 'by_hand' WHERE by_hand; ALTER TABLE ticket_refund DROP COLUMN by_hand"
    )
