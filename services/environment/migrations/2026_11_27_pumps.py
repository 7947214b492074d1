"""Commands to pump stations: who switched what, why, and what became of it."""

from alembic import op

revision = "environment_0009"
down_revision = "environment_0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Makes the table."""
    op.execute(
        """
        CREATE TABLE pump_command (
            id uuid PRIMARY KEY,
            version integer NOT NULL,
            thing uuid NOT NULL REFERENCES thing,
            agency text NOT NULL,
            device text NOT NULL,
            pumps integer NOT NULL CHECK (pumps >= 0),
            reason text NOT NULL,
            by text NOT NULL,
            exercise boolean NOT NULL,
            state text NOT NULL CHECK (state IN ('waiting', 'sent', 'done', 'refused', 'timed_out', 'exercised')),
            created_at timestamptz NOT NULL,
            deadline_at timestamptz NOT NULL,
            due_at timestamptz NOT NULL,
            again_at timestamptz NOT NULL,
            updated_at timestamptz NOT NULL,
            sent_at timestamptz,
            answered_at timestamptz,
            obeyed boolean,
            note text NOT NULL,
            CHECK (exercise = (device = ''))
        );
        -- One at a time for a station.
        CREATE UNIQUE INDEX pump_command_live ON pump_command (thing) WHERE state IN ('waiting', 'sent');
        CREATE INDEX pump_command_again ON pump_command (again_at) WHERE state IN ('waiting', 'sent');
        CREATE INDEX pump_command_due ON pump_command (due_at) WHERE state IN ('waiting', 'sent');
        CREATE INDEX pump_command_newest ON pump_command (thing, created_at, id);
        CREATE INDEX pump_command_latest ON pump_command (thing, created_at, id) WHERE NOT exercise;
        """
    )


def downgrade() -> None:
    """Takes it away."""
    op.execute("DROP TABLE pump_command")
