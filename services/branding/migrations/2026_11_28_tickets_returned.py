"""What goes back of a ticket's price, kept with the ticket: its page says it."""

from alembic import op

revision = "branding_0017"
down_revision = "branding_0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds the sum; of what was taken back before, nothing is said."""
    op.execute("ALTER TABLE ticket ADD COLUMN returned bigint NOT NULL DEFAULT 0 CHECK (returned >= 0)")


def downgrade() -> None:
    """Forgets it: what goes back stays with the order's refunds."""
    op.execute("ALTER TABLE ticket DROP COLUMN returned")
