"""Warnings of floods: what is proposed and in force, the messages that were published, the gauges that speak."""

from alembic import op

revision = "environment_0006"
down_revision = "environment_0005"
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE warning (
    id uuid PRIMARY KEY,
    version integer NOT NULL,
    state text NOT NULL CHECK (state IN ('proposed', 'in_force', 'cleared', 'cancelled', 'expired', 'rejected')),
    live boolean NOT NULL GENERATED ALWAYS AS (state IN ('proposed', 'in_force')) STORED,
    standing smallint NOT NULL GENERATED ALWAYS AS (CASE WHEN state = 'in_force' THEN 1 ELSE 0 END) STORED,
    published boolean NOT NULL GENERATED ALWAYS AS (raised_at IS NOT NULL) STORED,
    zone text NOT NULL,
    hazard text NOT NULL,
    level text NOT NULL CHECK (level IN ('waspada', 'siaga', 'awas')),
    areas text[] NOT NULL CHECK (cardinality(areas) > 0),
    exercise boolean NOT NULL,
    automatic boolean NOT NULL,
    correlation text NOT NULL,
    note text NOT NULL,
    note_en text NOT NULL,
    step text NOT NULL,
    messages integer NOT NULL,
    raised_at timestamptz,
    expires_at timestamptz,
    ended_at timestamptz,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CHECK (state <> 'in_force' OR expires_at IS NOT NULL)
);
-- A zone has one warning at a time, however often its gauges speak; drills beside it.
CREATE UNIQUE INDEX warning_zone ON warning (zone, exercise) WHERE live AND zone <> '';
CREATE INDEX warning_list ON warning (published, standing DESC, raised_at DESC, id DESC);
CREATE INDEX warning_ends ON warning (expires_at) WHERE state = 'in_force';
CREATE TABLE warning_proposal (
    id uuid PRIMARY KEY,
    warning uuid NOT NULL REFERENCES warning,
    step text NOT NULL,
    level text NOT NULL,
    hours integer NOT NULL,
    note text NOT NULL,
    note_en text NOT NULL,
    by text NOT NULL,
    created_at timestamptz NOT NULL,
    fate text NOT NULL CHECK (fate IN ('waiting', 'taken', 'rejected', 'overtaken')),
    decided_by text NOT NULL,
    reason text NOT NULL,
    decided_at timestamptz,
    -- Nobody approves their own; what one officer alone may do has nobody who decided.
    CHECK (fate <> 'taken' OR decided_by = '' OR decided_by <> by)
);
CREATE UNIQUE INDEX warning_proposal_waits ON warning_proposal (warning) WHERE fate = 'waiting';
CREATE INDEX warning_proposal_list ON warning_proposal (fate, created_at DESC, id DESC);
CREATE TABLE warning_message (
    warning uuid NOT NULL REFERENCES warning,
    number integer NOT NULL CHECK (number > 0),
    identifier text NOT NULL UNIQUE,
    type text NOT NULL,
    level text NOT NULL,
    step text NOT NULL,
    sent timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    signed boolean NOT NULL,
    headline text NOT NULL,
    headline_en text NOT NULL,
    body bytea NOT NULL,
    PRIMARY KEY (warning, number)
);
CREATE INDEX warning_message_newest ON warning_message (sent DESC, warning DESC, number DESC);
CREATE FUNCTION guard_warning_message() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'what was published does not change' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER warning_message_stays BEFORE UPDATE OR DELETE ON warning_message
    FOR EACH ROW EXECUTE FUNCTION guard_warning_message();
-- Alarms that are open, with the level that each means in a zone; gone when the alarm is over.
CREATE TABLE warning_alarm (
    alarm uuid NOT NULL,
    zone text NOT NULL,
    level text NOT NULL,
    exercise boolean NOT NULL,
    opened_at timestamptz NOT NULL,
    PRIMARY KEY (alarm, zone)
);
CREATE INDEX warning_alarm_zone ON warning_alarm (zone, exercise);
"""


def upgrade() -> None:
    """Makes the tables."""
    op.execute(TABLES)


def downgrade() -> None:
    """Takes them away."""
    op.execute(
        """
        DROP TABLE warning_alarm, warning_message, warning_proposal, warning;
        DROP FUNCTION guard_warning_message();
        """
    )
