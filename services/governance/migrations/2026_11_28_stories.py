"""Stories: a row for each public event of all pillars, for thirty days."""

from alembic import op

revision = "governance_0011"
down_revision = "governance_0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Makes the table."""
    op.execute(
        """
        CREATE TABLE story_event (
            id uuid PRIMARY KEY,
            correlation text NOT NULL,
            at timestamptz NOT NULL,
            type text NOT NULL,
            pillar text NOT NULL,
            agency text NOT NULL,
            facts text NOT NULL,
            trace_id text NOT NULL,
            cause uuid,
            exercise boolean NOT NULL
        );
        CREATE INDEX story_event_correlation ON story_event (correlation, at, id);
        CREATE INDEX story_event_at ON story_event (at);
        """
    )


def downgrade() -> None:
    """Drops it."""
    op.execute("DROP TABLE story_event")
