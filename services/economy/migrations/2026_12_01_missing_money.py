"""Money that the bank's report lacks is found without reading what was mended."""

from alembic import op

from services.kit.database import indexes

revision = "economy_0055"
down_revision = "economy_0054"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Makes the index."""
    what = "difference (provider_reference) WHERE NOT mended AND kind IN ('only_here', 'amount')"
    indexes.build({"difference_missing": what})


def downgrade() -> None:
    """Takes it away."""
    op.execute("DROP INDEX difference_missing")
