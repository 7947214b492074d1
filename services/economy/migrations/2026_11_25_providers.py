"""What the bank told us, so that nothing it says twice counts twice."""

from alembic import op

revision = "economy_0004"
down_revision = "economy_0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Makes the tables."""
    op.execute(
        """
        CREATE TABLE notification (
            provider text NOT NULL,
            day date NOT NULL,
            external_id text NOT NULL,
            body_hash bytea NOT NULL,
            status integer NOT NULL,
            answer bytea NOT NULL,
            received_at timestamptz NOT NULL,
            PRIMARY KEY (provider, day, external_id)
        );
        """
    )


def downgrade() -> None:
    """Takes the tables away."""
    op.execute("DROP TABLE notification")
