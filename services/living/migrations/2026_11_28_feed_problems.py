"""Why an import of a feed is none, in a word."""

from alembic import op

revision = "living_0017"
down_revision = "living_0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds the column."""
    op.execute("ALTER TABLE feed_import ADD problem_code text NOT NULL DEFAULT ''")


def downgrade() -> None:
    """Takes it away."""
    op.execute("ALTER TABLE feed_import DROP problem_code")
