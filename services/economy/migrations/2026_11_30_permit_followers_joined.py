"""Links of mails of permits lead to what goes to their address now."""

from alembic import op

revision = "economy_0027"
down_revision = "economy_0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Makes the column."""
    op.execute("ALTER TABLE permit_follower ADD joined uuid")


def downgrade() -> None:
    """Drops it."""
    op.execute("ALTER TABLE permit_follower DROP joined")
