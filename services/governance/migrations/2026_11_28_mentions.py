"""Calls know whether who called is out of what was written, before that is erased."""

from alembic import op

revision = "governance_0015"
down_revision = "governance_0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds the column, and an index of handovers by their time."""
    op.execute(
        """
        ALTER TABLE emergency_call ADD COLUMN taken_out boolean NOT NULL DEFAULT false;
        CREATE INDEX shift_handover_created ON shift_handover (created_at);
        """
    )


def downgrade() -> None:
    """Drops them."""
    op.execute("DROP INDEX shift_handover_created")
    op.execute("ALTER TABLE emergency_call DROP COLUMN taken_out")
