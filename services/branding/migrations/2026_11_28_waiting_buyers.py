"""Places in waiting rooms by who took them, for whoever asks what is kept of them."""

from alembic import op

revision = "branding_0010"
down_revision = "branding_0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Makes the index, of those with a login alone."""
    op.execute("CREATE INDEX waiting_place_buyer ON waiting_place (buyer) WHERE buyer <> ''")


def downgrade() -> None:
    """Drops it."""
    op.execute("DROP INDEX waiting_place_buyer")
