"""Which level stands highest against its thresholds: a timer looks at all of them."""

from alembic import op

revision = "environment_0017"
down_revision = "environment_0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Makes the one row's table."""
    op.execute(
        """
        CREATE TABLE highest (
            one_row boolean PRIMARY KEY DEFAULT true CHECK (one_row), datastream uuid REFERENCES datastream
        )
        """
    )


def downgrade() -> None:
    """Takes it away."""
    op.execute("DROP TABLE highest")
