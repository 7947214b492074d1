"""Rules that datastreams are held to, and the alarms that they open."""

from alembic import op

revision = "environment_0005"
down_revision = "environment_0004"
branch_labels = None
depends_on = None

RULES = """
-- `edition` is that of the registry as of the last change: who watches asks for what has changed since.
CREATE TABLE rule (
    id uuid PRIMARY KEY,
    version integer NOT NULL,
    datastream integer NOT NULL REFERENCES datastream (number),
    thing uuid NOT NULL REFERENCES thing,
    name text NOT NULL,
    kind text NOT NULL CHECK (kind IN ('threshold', 'rate', 'silence', 'stuck')),
    clock text NOT NULL CHECK (clock IN ('phenomenon', 'arrival')),
    bound double precision NOT NULL,
    below boolean NOT NULL,
    hysteresis double precision NOT NULL,
    dwell integer NOT NULL,
    calm integer NOT NULL,
    span integer NOT NULL,
    paused boolean NOT NULL,
    reason text NOT NULL,
    by text NOT NULL,
    made_up boolean NOT NULL,
    source text NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    edition bigint NOT NULL DEFAULT 0,
    UNIQUE (datastream, name)
);
CREATE INDEX rule_thing ON rule (thing, datastream, name);
CREATE INDEX rule_edition ON rule (edition);
CREATE TABLE rule_version (
    rule uuid NOT NULL REFERENCES rule,
    version integer NOT NULL,
    kind text NOT NULL,
    clock text NOT NULL,
    bound double precision NOT NULL,
    below boolean NOT NULL,
    hysteresis double precision NOT NULL,
    dwell integer NOT NULL,
    calm integer NOT NULL,
    span integer NOT NULL,
    paused boolean NOT NULL,
    reason text NOT NULL,
    by text NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (rule, version)
);
-- The row of the registry is locked until the commit, so editions become visible in their order.
CREATE FUNCTION rule_changes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO environment.registry (edition) VALUES (1)
        ON CONFLICT (one_row) DO UPDATE SET edition = registry.edition + 1 RETURNING registry.edition INTO NEW.edition;
    RETURN NEW;
END $$;
CREATE TRIGGER rule_changes BEFORE INSERT OR UPDATE ON rule FOR EACH ROW EXECUTE FUNCTION rule_changes();
-- A calibration changes what rules see, and is told as their change.
CREATE FUNCTION rule_corrected() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE environment.rule SET edition = 0 WHERE datastream = NEW.datastream;
    RETURN NULL;
END $$;
CREATE TRIGGER rule_corrected AFTER INSERT ON correction FOR EACH ROW EXECUTE FUNCTION rule_corrected();
-- When a rule of silence must be looked at: `last` is the newest reading that it knows of, by its clock; readings count
-- that came `since` then.
CREATE TABLE silence (
    rule uuid PRIMARY KEY REFERENCES rule,
    since timestamptz NOT NULL,
    last timestamptz,
    due_at timestamptz NOT NULL
) WITH (fillfactor = 50);
CREATE INDEX silence_due ON silence (due_at);
"""

# What an alarm is about is kept as it was. `lasting` is a number, so that lists go on after it: 1 while it is open.
ALARMS = """
CREATE TABLE alarm (
    id uuid PRIMARY KEY,
    rule uuid NOT NULL REFERENCES rule,
    rule_name text NOT NULL,
    kind text NOT NULL,
    datastream uuid NOT NULL,
    unit text NOT NULL,
    thing uuid NOT NULL,
    thing_code text NOT NULL,
    thing_name text NOT NULL,
    area text NOT NULL,
    made_up boolean NOT NULL,
    value double precision,
    opened_at timestamptz NOT NULL,
    created_at timestamptz NOT NULL,
    lasting integer NOT NULL CHECK (lasting IN (0, 1)),
    cleared_at timestamptz,
    ended_at timestamptz,
    ending text,
    CHECK ((lasting = 0) = (cleared_at IS NOT NULL AND ended_at IS NOT NULL AND ending IS NOT NULL))
);
CREATE UNIQUE INDEX alarm_open ON alarm (rule) WHERE lasting = 1;
CREATE INDEX alarm_list ON alarm (lasting, opened_at, id);
CREATE INDEX alarm_thing ON alarm (thing, lasting, opened_at, id);
CREATE INDEX alarm_rule ON alarm (rule, lasting, opened_at, id);
"""


def upgrade() -> None:
    """Makes them."""
    op.execute(RULES)
    op.execute(ALARMS)


def downgrade() -> None:
    """Takes them away."""
    op.execute(
        """
        DROP TRIGGER rule_corrected ON correction;
        DROP TABLE alarm, silence, rule_version, rule;
        DROP FUNCTION rule_changes(), rule_corrected();
        """
    )
