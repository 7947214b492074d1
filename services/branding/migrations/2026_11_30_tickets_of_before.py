"""Tickets of before say when they were ordered, where it matters: where their date was put off until they were paid."""

from alembic import op

revision = "branding_0027"
down_revision = "branding_0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Fills it in."""
    op.execute(
        """
        UPDATE ticket SET ordered_at = o.created_at
          FROM ticket_order o, ticket_sale s
         WHERE o.id = ticket.order_id AND s.id = ticket.sale
           AND o.created_at < s.moved_at AND ticket.created_at >= s.moved_at
        """
    )


def downgrade() -> None:
    """It stays."""
