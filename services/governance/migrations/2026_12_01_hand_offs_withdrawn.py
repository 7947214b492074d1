"""A hand-off that was a mistake is withdrawn, and not waited for.

It is written as an acknowledged one with the time in this column, which code of the version before does not know: that
reads it, and neither escalates it nor keeps its incident from being closed. So it is after a rollback, too.
"""

from alembic import op

revision = "governance_0031"
down_revision = "governance_0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds the column; nothing was withdrawn before."""
    op.execute("ALTER TABLE hand_off ADD COLUMN withdrawn_at timestamptz")


def downgrade() -> None:
    """Takes it away: what was withdrawn stays answered."""
    op.execute("ALTER TABLE hand_off DROP COLUMN withdrawn_at")
