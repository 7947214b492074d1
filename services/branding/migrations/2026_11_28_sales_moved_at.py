"""When a sale was put to another time: who orders after that knew it."""

from alembic import op

revision = "branding_0012"
down_revision = "branding_0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Puts the moment in the place of whether."""
    op.execute(
        """
        ALTER TABLE ticket_sale ADD COLUMN moved_at timestamptz;
        UPDATE ticket_sale SET moved_at = updated_at WHERE moved;
        ALTER TABLE ticket_sale DROP COLUMN moved
        """
    )


def downgrade() -> None:
    """The other way round."""
    op.execute(
        """
        ALTER TABLE ticket_sale ADD COLUMN moved boolean NOT NULL DEFAULT false;
        UPDATE ticket_sale SET moved = moved_at IS NOT NULL;
        ALTER TABLE ticket_sale ALTER COLUMN moved DROP DEFAULT, DROP COLUMN moved_at
        """
    )
