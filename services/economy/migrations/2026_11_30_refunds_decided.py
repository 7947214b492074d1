"""What the treasury decides on is found beside all the cash that lies ready at counters."""

from alembic import op

from services.kit.database import indexes

revision = "economy_0024"
down_revision = "economy_0023"
branch_labels = None
depends_on = None

READY = "state = 'requested' AND way = 'cash' AND requester <> ''"


def upgrade() -> None:
    """Makes the index."""
    indexes.build({"refund_decided": f"refund (state, created_at DESC, id DESC) WHERE NOT ({READY})"})


def downgrade() -> None:
    """Takes it away."""
    op.execute("DROP INDEX refund_decided")
