"""Tickets of orders that were paid after their date was put off: they are given back as those that were paid before."""

from alembic import op

revision = "branding_0026"
down_revision = "branding_0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds when they were ordered; of those that were made so far, where it matters."""
    op.execute(
        """
        ALTER TABLE ticket ADD COLUMN ordered_at timestamptz;
        UPDATE ticket SET ordered_at = o.created_at
          FROM ticket_order o, ticket_sale s
         WHERE o.id = ticket.order_id AND s.id = ticket.sale
           AND o.created_at < s.moved_at AND ticket.created_at >= s.moved_at
        """
    )


def downgrade() -> None:
    """Forgets it."""
    op.execute("ALTER TABLE ticket DROP COLUMN ordered_at")
