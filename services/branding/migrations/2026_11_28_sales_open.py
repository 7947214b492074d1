"""The index of what can be bought, by when it is over."""

from alembic import op

revision = "branding_0013"
down_revision = "branding_0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Makes it; it counts as well as the one before."""
    op.execute(
        """
        CREATE INDEX ticket_sale_buyable ON ticket_sale ((coalesce(ends_at, 'infinity'::timestamptz)), id)
         WHERE state = 'open';
        DROP INDEX ticket_sale_open
        """
    )


def downgrade() -> None:
    """The other way round."""
    op.execute(
        """
        CREATE INDEX ticket_sale_open ON ticket_sale (coalesce(ends_at, 'infinity')) WHERE state = 'open';
        DROP INDEX ticket_sale_buyable
        """
    )
