"""Links of mails of courses lead to what goes to their address now."""

from alembic import op

revision = "society_0024"
down_revision = "society_0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Makes the column."""
    op.execute("ALTER TABLE course_follower ADD joined uuid")


def downgrade() -> None:
    """Drops it."""
    op.execute("ALTER TABLE course_follower DROP joined")
