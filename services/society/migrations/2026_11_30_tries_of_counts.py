"""A ballot that cannot be counted is tried again after a pause, and is not changed by that."""

from alembic import op

revision = "society_0021"
down_revision = "society_0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Makes the columns and their index."""
    op.execute(
        """
        ALTER TABLE ballot
            ADD tries integer NOT NULL DEFAULT 0,
            ADD try_at timestamptz NOT NULL DEFAULT '-infinity';
        CREATE INDEX ballot_to_try ON ballot (try_at) WHERE state = 'counting';
        """
    )


def downgrade() -> None:
    """Takes them away."""
    op.execute("ALTER TABLE ballot DROP tries, DROP try_at")
