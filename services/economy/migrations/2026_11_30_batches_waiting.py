"""What waits to be paid out is found and counted beside all that was."""

from alembic import op

from services.kit.database import indexes

revision = "economy_0031"
down_revision = "economy_0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Makes the index."""
    indexes.build({"batch_state": "batch (state, day DESC, id DESC)"})


def downgrade() -> None:
    """Takes it away."""
    op.execute("DROP INDEX batch_state")
