"""Who holds seats that are not paid, so that nobody holds all of them; and whose a correction of a place is."""

from alembic import op

revision = "branding_0014"
down_revision = "branding_0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Makes the column and the indexes."""
    op.execute(
        """
        ALTER TABLE ticket_order ADD COLUMN counted_by bytea;
        CREATE INDEX ticket_order_counted ON ticket_order (counted_by) WHERE counted_by IS NOT NULL;
        CREATE INDEX ticket_order_counted_since ON ticket_order (created_at) WHERE counted_by IS NOT NULL;
        CREATE INDEX destination_correction_by ON destination_correction (by) WHERE by <> ''
        """
    )


def downgrade() -> None:
    """Drops them."""
    op.execute("DROP INDEX destination_correction_by; ALTER TABLE ticket_order DROP COLUMN counted_by")
