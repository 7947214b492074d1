"""Bills are found by words of what they are for, such as a stall."""

from alembic import op

from services.kit.database import indexes

revision = "economy_0032"
down_revision = "economy_0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Makes the index."""
    indexes.build({"bill_object": "bill USING gin (lower(object) gin_trgm_ops)"})


def downgrade() -> None:
    """Takes it away."""
    op.execute("DROP INDEX bill_object")
