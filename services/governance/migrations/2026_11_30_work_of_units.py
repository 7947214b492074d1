"""What a unit was sent to last is found, so that its way home from a drill is told as the drill was."""

from alembic import op

from services.kit.database import indexes

revision = "governance_0024"
down_revision = "governance_0023"
branch_labels = None
depends_on = None

INDEXES = {"unit_assignment_of_unit": "unit_assignment (unit, assigned_at)"}


def upgrade() -> None:
    """Makes the index."""
    indexes.build(INDEXES)


def downgrade() -> None:
    """Takes it away."""
    for name in INDEXES:
        op.execute(f"DROP INDEX {name}")
