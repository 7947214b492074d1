"""Who is enrolled is told what changed: a change of a course keeps where and when it was to meet before."""

from alembic import op

revision = "society_0026"
down_revision = "society_0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Makes the columns."""
    op.execute(
        """
        ALTER TABLE course_change
            ADD venue_before text NOT NULL DEFAULT '',
            ADD area_before text NOT NULL DEFAULT '',
            ADD session_starts_before timestamptz[] NOT NULL DEFAULT '{}',
            ADD session_ends_before timestamptz[] NOT NULL DEFAULT '{}';
        """
    )


def downgrade() -> None:
    """Takes them away."""
    op.execute(
        """
        ALTER TABLE course_change
            DROP venue_before, DROP area_before, DROP session_starts_before, DROP session_ends_before
        """
    )
