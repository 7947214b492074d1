"""Sales whose tickets are taken back, and how far that has come; how many had a ticket."""

from alembic import op

revision = "branding_0006"
down_revision = "branding_0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Makes the table."""
    op.execute(
        """
        ALTER TABLE ticket ADD hands integer NOT NULL DEFAULT 1 CHECK (hands > 0);
        CREATE TABLE ticket_cancellation (
            sale uuid PRIMARY KEY REFERENCES ticket_sale,
            last uuid NOT NULL,
            done boolean NOT NULL DEFAULT false,
            created_at timestamptz NOT NULL
        );
        CREATE INDEX ticket_cancellation_open ON ticket_cancellation (created_at) WHERE NOT done;
        """
    )


def downgrade() -> None:
    """Drops it."""
    op.execute("DROP TABLE ticket_cancellation; ALTER TABLE ticket DROP hands")
