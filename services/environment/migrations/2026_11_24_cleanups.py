"""Clean-ups."""

from alembic import op

revision = "environment_0001"
down_revision = None
branch_labels = ("environment",)
depends_on = None


def upgrade() -> None:
    """Makes the table."""
    op.execute(
        """
        CREATE TABLE cleanup (
            id uuid PRIMARY KEY,
            version integer NOT NULL,
            state text NOT NULL CHECK (state IN ('open', 'dispatched', 'completed', 'abandoned', 'cancelled')),
            live boolean NOT NULL GENERATED ALWAYS AS (state IN ('open', 'dispatched')) STORED,
            complaint_id text NOT NULL,
            complaint text NOT NULL,
            correlation text NOT NULL,
            category text NOT NULL,
            area text NOT NULL DEFAULT '',
            lon double precision,
            lat double precision,
            agency text NOT NULL,
            crew text NOT NULL DEFAULT '',
            due_at timestamptz,
            note text NOT NULL DEFAULT '',
            photos text[] NOT NULL DEFAULT '{}',
            secret boolean NOT NULL DEFAULT false,
            exercise boolean NOT NULL DEFAULT false,
            created_at timestamptz NOT NULL,
            updated_at timestamptz NOT NULL,
            completed_at timestamptz
        );

        -- One job at a time for a complaint, however often its events come.
        CREATE UNIQUE INDEX cleanup_live ON cleanup (complaint_id) WHERE live;
        CREATE INDEX cleanup_complaint ON cleanup (complaint, version);
        -- All rounds of a complaint count their versions on, so each is unique.
        CREATE UNIQUE INDEX cleanup_rounds ON cleanup (complaint_id, version);
        CREATE INDEX cleanup_queue ON cleanup (agency, (coalesce(due_at, 'infinity'::timestamptz)), id) WHERE live;
        CREATE INDEX cleanup_list ON cleanup ((coalesce(due_at, 'infinity'::timestamptz)), id);
        CREATE INDEX cleanup_completed ON cleanup (completed_at) INCLUDE (area, secret)
            WHERE NOT exercise AND completed_at IS NOT NULL;
        """
    )


def downgrade() -> None:
    """Takes the table away."""
    op.execute("DROP TABLE cleanup")
