"""Finds the confirmations of an address that were put off, of which later ones take the place."""

from alembic import op

from services.kit.database import indexes

revision = "governance_0032"
down_revision = "governance_0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Makes the index."""
    indexes.build({"news_put_off": "news (subject) WHERE kind = 'confirm' AND state = 'queued' AND reason <> ''"})


def downgrade() -> None:
    """Drops it."""
    op.execute("DROP INDEX news_put_off")
