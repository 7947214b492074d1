"""Tickets of a date are sold anew once its sale was called off."""

from alembic import op

revision = "branding_0023"
down_revision = "branding_0022"
branch_labels = None
depends_on = None

SALES = """
ALTER TABLE ticket_sale DROP CONSTRAINT ticket_sale_occasion_key;
CREATE UNIQUE INDEX ticket_sale_of_occasion ON ticket_sale (occasion) WHERE state <> 'cancelled';
CREATE INDEX ticket_sale_occasion ON ticket_sale (occasion, id);
"""


def upgrade() -> None:
    """Lets a date have several sales, of which one is not called off."""
    op.execute(SALES)


def downgrade() -> None:
    """Takes them away, where no date was sold anew: the version before knows of one sale of each."""
    op.execute(
        """
        DROP INDEX ticket_sale_occasion, ticket_sale_of_occasion;
        """
    )
    op.execute("ALTER TABLE ticket_sale ADD CONSTRAINT ticket_sale_occasion_key UNIQUE (occasion)")
