"""Codes of concessions, to be said at the counter."""

from alembic import op

revision = "living_0016"
down_revision = "living_0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds them. What waits from before has none, and is found on the list."""
    op.execute("ALTER TABLE concession ADD COLUMN code text NOT NULL DEFAULT ''")
    op.execute("CREATE UNIQUE INDEX concession_code ON concession (code) WHERE state = 'waiting' AND code <> ''")


def downgrade() -> None:
    """Takes them away."""
    op.execute("ALTER TABLE concession DROP COLUMN code")
