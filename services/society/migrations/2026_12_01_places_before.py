"""Who moves before a vote keeps it: a verification carries on where and since when somebody lived before."""

from alembic import op

revision = "society_0029"
down_revision = "society_0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Makes the columns."""
    op.execute(
        """
        ALTER TABLE resident
            ADD IF NOT EXISTS areas_before text[] NOT NULL DEFAULT '{}',
            ADD IF NOT EXISTS declared_before timestamptz[] NOT NULL DEFAULT '{}';
        """
    )


def downgrade() -> None:
    """Takes them away."""
    op.execute("ALTER TABLE resident DROP areas_before, DROP declared_before")
