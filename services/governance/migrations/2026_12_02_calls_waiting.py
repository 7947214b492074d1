"""Reads calls that wait with live ones before those of paper forms, each the oldest first."""

from services.kit.database import indexes

revision = "governance_0034"
down_revision = "governance_0033"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Makes the index anew."""
    indexes.build(
        {"emergency_call_board": "emergency_call (state, (exercise::integer), (paper::integer), received_at, number)"}
    )


def downgrade() -> None:
    """Makes it as it was."""
    indexes.build({"emergency_call_board": "emergency_call (state, (exercise::integer), number)"})
