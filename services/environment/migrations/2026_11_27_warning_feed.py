"""The feed of warnings holds all that has not run out, so it is looked for by that."""

from alembic import op

revision = "environment_0013"
down_revision = "environment_0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Makes the index."""
    op.execute("CREATE INDEX warning_message_holds ON warning_message (expires_at)")


def downgrade() -> None:
    """Drops it."""
    op.execute("DROP INDEX warning_message_holds")
