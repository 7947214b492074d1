"""Which mail of a case waits the longest."""

from alembic import op

from services.kit.database import indexes

revision = "governance_0016"
down_revision = "governance_0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Makes the index."""
    indexes.build({"news_waiting": "news (create_time) WHERE state = 'queued'"})


def downgrade() -> None:
    """Drops it."""
    op.execute("DROP INDEX news_waiting")
