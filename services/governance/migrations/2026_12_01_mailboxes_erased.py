"""Nothing is left of the address of contacts that were erased once more after a restore."""

from alembic import op

revision = "governance_0029"
down_revision = "governance_0028"
branch_labels = None
depends_on = None

# They are few: nothing but such a replay left any.
CLEAR = "UPDATE contact SET mailbox = NULL WHERE erase_time IS NOT NULL AND mailbox IS NOT NULL"


def upgrade() -> None:
    """Takes away what is left."""
    op.execute(CLEAR)


def downgrade() -> None:
    """It stays away."""
