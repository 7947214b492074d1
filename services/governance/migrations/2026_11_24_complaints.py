"""Complaints and who joined them."""

from alembic import op

revision = "governance_0001"
down_revision = None
branch_labels = ("governance",)
depends_on = None


def upgrade() -> None:
    """Makes the tables."""
    op.execute(
        """
        CREATE TABLE complaint (
            id uuid PRIMARY KEY,
            code text NOT NULL UNIQUE,
            version integer NOT NULL,
            state text NOT NULL,
            open boolean NOT NULL GENERATED ALWAYS AS (
                state NOT IN ('resolved', 'closed', 'rejected', 'duplicate', 'withdrawn')) STORED,
            class text NOT NULL,
            category text NOT NULL,
            area text NOT NULL,
            lon double precision,
            lat double precision,
            landmark text NOT NULL,
            text text NOT NULL,
            public_text text NOT NULL DEFAULT '',
            agency text NOT NULL,
            rule integer NOT NULL,
            why_id text NOT NULL,
            why_en text NOT NULL,
            channel text NOT NULL,
            created_at timestamptz NOT NULL,
            updated_at timestamptz NOT NULL,
            link_hash bytea NOT NULL,
            reporter text NOT NULL DEFAULT '',
            secret boolean NOT NULL DEFAULT false,
            anonymous boolean NOT NULL DEFAULT false,
            exercise boolean NOT NULL DEFAULT false,
            escalation integer NOT NULL DEFAULT 0,
            supporters integer NOT NULL DEFAULT 0,
            rating smallint NOT NULL DEFAULT 0,
            duplicate_of text NOT NULL DEFAULT '',
            resolved_at timestamptz,
            on_time boolean NOT NULL DEFAULT false,
            refusal boolean NOT NULL DEFAULT false,
            -- the clocks; see services/governance/deadlines/model.py
            verification timestamptz,
            response timestamptz,
            resolution timestamptz,
            auto_close timestamptz,
            reopen_until timestamptz,
            provisional boolean NOT NULL DEFAULT false,
            breached text[] NOT NULL DEFAULT '{}',
            time_left interval,
            -- the first deadline that the city has to meet: what the officers' list is sorted by
            due_at timestamptz,
            -- when something falls due by itself: what the timer looks for
            wake_at timestamptz
        );

        COMMENT ON TABLE complaint IS 'What citizens report. The text is personal until a verifier releases it.';

        CREATE INDEX complaint_wake ON complaint (wake_at) WHERE wake_at IS NOT NULL;
        CREATE INDEX complaint_queue ON complaint ((coalesce(due_at, 'infinity'::timestamptz)), id) WHERE open;
        CREATE INDEX complaint_agency_queue ON complaint (agency, (coalesce(due_at, 'infinity'::timestamptz)), id)
            INCLUDE (due_at, exercise) WHERE open;
        CREATE INDEX complaint_state ON complaint (state, (coalesce(due_at, 'infinity'::timestamptz)), id);
        CREATE INDEX complaint_agency_state
            ON complaint (agency, state, (coalesce(due_at, 'infinity'::timestamptz)), id);
        CREATE INDEX complaint_near ON complaint (lat, lon) WHERE open AND NOT secret;
        CREATE INDEX complaint_near_area ON complaint (area, created_at) WHERE open AND NOT secret;
        CREATE INDEX complaint_filed ON complaint (created_at) INCLUDE (area, secret, channel) WHERE NOT exercise;
        CREATE INDEX complaint_resolved ON complaint (resolved_at) INCLUDE (area, secret, agency, on_time, rating)
            WHERE NOT exercise AND resolved_at IS NOT NULL;
        CREATE INDEX complaint_demo ON complaint (id) WHERE channel = 'demo';

        -- Who joined: one row per caller with a login, one per request of those without.
        CREATE TABLE supporter (
            id uuid PRIMARY KEY,
            complaint_id uuid NOT NULL REFERENCES complaint ON DELETE CASCADE,
            subject text NOT NULL,
            joined_at timestamptz NOT NULL,
            UNIQUE (complaint_id, subject)
        );
        """
    )


def downgrade() -> None:
    """Takes the tables away."""
    op.execute("DROP TABLE supporter; DROP TABLE complaint;")
