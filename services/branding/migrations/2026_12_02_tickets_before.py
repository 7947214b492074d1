"""What tickets were before they changed hands, were changed or taken back."""

from alembic import op

revision = "branding_0035"
down_revision = "branding_0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Makes the table."""
    op.execute(
        """
        CREATE TABLE ticket_before (
            ticket uuid NOT NULL REFERENCES ticket,
            generation bigint NOT NULL,
            until timestamptz NOT NULL,
            sale uuid NOT NULL,
            type uuid NOT NULL,
            seats uuid NOT NULL,
            first_day date NOT NULL,
            last_day date NOT NULL,
            PRIMARY KEY (ticket, generation)
        );
        CREATE INDEX ticket_before_until ON ticket_before (until);
        """
    )


def downgrade() -> None:
    """Drops it: scans are judged by what a ticket is when they come."""
    op.execute("DROP TABLE ticket_before")
