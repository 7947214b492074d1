"""Finds what is past its age without reading all that is younger."""

from alembic import op

from services.kit.database import indexes

revision = "kit_0003"
down_revision = "kit_0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Ordinary indexes: those of block ranges widen in a table that is emptied from behind, until each holds every age.

    The outbox needs none, since its positions grow with time.
    """
    indexes.build(
        {
            "inbox_received": "inbox (received_at)",
            "idempotency_key_created": "idempotency_key (created_at) WHERE NOT permanent",
        }
    )
    indexes.drop("outbox_recorded")


def downgrade() -> None:
    """The indexes of block ranges again."""
    op.execute(
        """
        DROP INDEX inbox_received, idempotency_key_created;
        CREATE INDEX outbox_recorded ON outbox USING brin (recorded_at);
        CREATE INDEX inbox_received ON inbox USING brin (received_at);
        CREATE INDEX idempotency_key_created ON idempotency_key USING brin (created_at);
        """
    )
