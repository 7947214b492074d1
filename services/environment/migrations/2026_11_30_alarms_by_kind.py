"""Alarms that water rises are found however many sensors are silent."""

from alembic import op

from services.kit.database import indexes

revision = "environment_0029"
down_revision = "environment_0028"
branch_labels = None
depends_on = None

INDEXES = {"alarm_kind": "alarm (kind, lasting, opened_at, id)"}


def upgrade() -> None:
    """Makes the index."""
    indexes.build(INDEXES)


def downgrade() -> None:
    """Takes it away."""
    for name in INDEXES:
        op.execute(f"DROP INDEX {name}")
