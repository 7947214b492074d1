"""An address that was given wrongly is put right: what was mailed to the former one ends."""

from alembic import op

revision = "governance_0008"
down_revision = "governance_0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Counts the addresses that a contact has had."""
    op.execute(
        """
        ALTER TABLE contact ADD COLUMN address_round smallint NOT NULL DEFAULT 0;
        COMMENT ON COLUMN contact.address_round IS 'How often its address was corrected.';
        """
    )


def downgrade() -> None:
    """Tokens of corrected addresses lead nowhere then."""
    op.execute("ALTER TABLE contact DROP COLUMN address_round")
