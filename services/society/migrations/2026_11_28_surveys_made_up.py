"""Which surveys nobody answered: a local start makes some up."""

from alembic import op

revision = "society_0014"
down_revision = "society_0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds it."""
    op.execute("ALTER TABLE survey ADD COLUMN made_up boolean NOT NULL DEFAULT false")


def downgrade() -> None:
    """Takes it away."""
    op.execute("ALTER TABLE survey DROP COLUMN made_up")
