"""Plans of collection rounds, their rounds and stops."""

from alembic import op

revision = "environment_0008"
down_revision = "environment_0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Makes the tables."""
    op.execute(
        """
        CREATE TABLE round_plan (
            id uuid PRIMARY KEY,
            version integer NOT NULL,
            agency text NOT NULL,
            depot text NOT NULL,
            day date NOT NULL,
            edition integer NOT NULL,
            state text NOT NULL CHECK (state IN ('planning', 'planned', 'failed', 'superseded')),
            phase text NOT NULL DEFAULT '',
            percent integer NOT NULL DEFAULT 0,
            failure text NOT NULL DEFAULT '',
            attempts integer NOT NULL DEFAULT 0,
            detour double precision NOT NULL,
            made_up boolean NOT NULL,
            flooded text[] NOT NULL DEFAULT '{}',
            stops integer NOT NULL DEFAULT 0,
            ticked integer NOT NULL DEFAULT 0,
            created_at timestamptz NOT NULL,
            updated_at timestamptz NOT NULL,
            UNIQUE (depot, day, edition)
        );
        -- One is made at a time for a depot's day, and one holds.
        CREATE UNIQUE INDEX round_plan_planning ON round_plan (depot, day) WHERE state = 'planning';
        CREATE UNIQUE INDEX round_plan_planned ON round_plan (depot, day) WHERE state = 'planned';
        CREATE INDEX round_plan_waiting ON round_plan (created_at) WHERE state = 'planning';
        CREATE INDEX round_plan_newest ON round_plan (created_at, id);
        CREATE INDEX round_plan_agency ON round_plan (agency, created_at, id);
        CREATE INDEX round_plan_depot ON round_plan (depot, created_at, id);
        CREATE INDEX round_plan_day ON round_plan (day, created_at, id);

        CREATE TABLE round (
            id uuid PRIMARY KEY,
            version integer NOT NULL,
            plan uuid NOT NULL REFERENCES round_plan,
            truck text NOT NULL,
            name text NOT NULL,
            m3 double precision NOT NULL,
            starts_at timestamptz NOT NULL,
            ends_at timestamptz NOT NULL,
            metres integer NOT NULL,
            trips integer NOT NULL,
            completed_at timestamptz,
            UNIQUE (plan, truck)
        );

        -- `round` is empty where none takes it along; `subject` is the thing or the clean-up.
        CREATE TABLE round_stop (
            id uuid PRIMARY KEY,
            version integer NOT NULL,
            plan uuid NOT NULL REFERENCES round_plan,
            round uuid REFERENCES round,
            place integer NOT NULL,
            trip integer NOT NULL,
            kind text NOT NULL CHECK (kind IN ('container', 'cleanup')),
            subject uuid NOT NULL,
            code text NOT NULL,
            name text NOT NULL,
            area text NOT NULL,
            lon double precision,
            lat double precision,
            m3 double precision NOT NULL,
            fill double precision,
            cause text NOT NULL,
            state text NOT NULL CHECK (state IN ('open', 'done', 'unreachable', 'left_out')),
            begins_at timestamptz,
            ends_at timestamptz,
            note text NOT NULL DEFAULT '',
            ticked_at timestamptz,
            UNIQUE (plan, kind, subject)
        );
        CREATE INDEX round_stop_round ON round_stop (round);
        """
    )


def downgrade() -> None:
    """Takes the tables away."""
    op.execute("DROP TABLE round_stop, round, round_plan")
