"""Things, their datastreams and devices, and the readings, by the week that they were measured in."""

from alembic import op

revision = "environment_0003"
down_revision = "environment_0002"
branch_labels = None
depends_on = None

REGISTRY = """
CREATE TABLE thing (
    id uuid PRIMARY KEY,
    version integer NOT NULL,
    code text NOT NULL UNIQUE,
    kind text NOT NULL,
    name text NOT NULL,
    description text NOT NULL DEFAULT '',
    agency text NOT NULL,
    area text NOT NULL,
    lon double precision NOT NULL,
    lat double precision NOT NULL,
    made_up boolean NOT NULL DEFAULT false,
    source text NOT NULL DEFAULT '',
    retired boolean NOT NULL DEFAULT false,
    retired_at timestamptz,
    retire_reason text NOT NULL DEFAULT '',
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);
CREATE INDEX thing_list ON thing (retired, code);
CREATE INDEX thing_kind ON thing (retired, kind, code);
CREATE INDEX thing_area ON thing (retired, area, code);
CREATE TABLE thing_location (
    thing uuid NOT NULL REFERENCES thing,
    since timestamptz NOT NULL,
    area text NOT NULL,
    lon double precision NOT NULL,
    lat double precision NOT NULL,
    note text NOT NULL DEFAULT '',
    PRIMARY KEY (thing, since)
);
CREATE SEQUENCE datastream_number AS integer;
CREATE TABLE datastream (
    id uuid PRIMARY KEY,
    number integer NOT NULL UNIQUE,
    version integer NOT NULL,
    thing uuid NOT NULL REFERENCES thing,
    name text NOT NULL,
    property text NOT NULL,
    sensor text NOT NULL,
    feature text NOT NULL,
    least double precision NOT NULL,
    most double precision NOT NULL,
    period integer NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    UNIQUE (thing, name)
);
CREATE INDEX datastream_property ON datastream (property, number);
CREATE INDEX datastream_thing ON datastream (thing, number);
CREATE TABLE correction (
    id uuid PRIMARY KEY,
    datastream integer NOT NULL REFERENCES datastream (number),
    kind text NOT NULL CHECK (kind IN ('calibration', 'datum')),
    since timestamptz NOT NULL CHECK (date_trunc('hour', since, 'UTC') = since),
    factor double precision NOT NULL,
    shift double precision NOT NULL,
    reason text NOT NULL,
    by text NOT NULL,
    created_at timestamptz NOT NULL,
    UNIQUE (datastream, kind, since, created_at)
);
-- One row: it grows whenever a thing, a datastream, a correction or a device changes, so that who takes readings in
-- knows whether what it has in memory still holds.
CREATE TABLE registry (one_row boolean PRIMARY KEY DEFAULT true CHECK (one_row), edition bigint NOT NULL DEFAULT 0);
CREATE FUNCTION registry_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO environment.registry (edition) VALUES (1)
        ON CONFLICT (one_row) DO UPDATE SET edition = registry.edition + 1;
    RETURN NULL;
END $$;
CREATE TRIGGER thing_changed AFTER INSERT OR UPDATE ON thing FOR EACH STATEMENT EXECUTE FUNCTION registry_changed();
CREATE TRIGGER datastream_changed AFTER INSERT OR UPDATE ON datastream
    FOR EACH STATEMENT EXECUTE FUNCTION registry_changed();
CREATE TRIGGER correction_changed AFTER INSERT ON correction FOR EACH STATEMENT EXECUTE FUNCTION registry_changed();
"""

DEVICES = """
CREATE TABLE device (
    id text PRIMARY KEY,
    version integer NOT NULL,
    thing uuid NOT NULL REFERENCES thing,
    agency text NOT NULL,
    generation integer NOT NULL,
    revoked_at timestamptz,
    reason text NOT NULL DEFAULT '',
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);
CREATE INDEX device_thing ON device (thing, id);
CREATE INDEX device_agency ON device (agency, id);
CREATE TRIGGER device_changed AFTER INSERT OR UPDATE ON device
    FOR EACH STATEMENT EXECUTE FUNCTION registry_changed();
-- How a device behaves: written with its messages, apart from what officers decide about it.
CREATE TABLE device_health (
    device text PRIMARY KEY REFERENCES device,
    arrived_at timestamptz,
    skew double precision NOT NULL DEFAULT 0,
    missing bigint NOT NULL DEFAULT 0,
    refused bigint NOT NULL DEFAULT 0,
    refusal text NOT NULL DEFAULT ''
) WITH (fillfactor = 50);
-- Which messages of a device's run (from one start to the next) have come.
CREATE TABLE device_run (
    device text NOT NULL REFERENCES device,
    boot bigint NOT NULL,
    came int8multirange NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (device, boot)
) WITH (fillfactor = 50);
CREATE INDEX device_run_old ON device_run (updated_at);
"""

# No index but the key: a reading is looked for by its datastream and time, and by nothing else. `received` tells how
# late it was; `flags` 1: outside the sensor's range, 2: too late for an alarm.
OBSERVATIONS = """
CREATE TABLE observation (
    datastream integer NOT NULL,
    at timestamptz NOT NULL,
    value double precision NOT NULL,
    received timestamptz NOT NULL,
    flags smallint NOT NULL DEFAULT 0,
    PRIMARY KEY (datastream, at)
) PARTITION BY RANGE (at);
-- The pillar's role makes no tables: these two do, as their owner, and nothing else. A week is that of its Monday
-- (UTC), made apart and then attached, which keeps nobody from reading the others.
CREATE FUNCTION make_week(week date) RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = environment, pg_temp AS $$
DECLARE
    name text := 'observation_' || to_char(week, 'YYYYMMDD');
BEGIN
    IF week <> date_trunc('week', week)::date THEN
        RAISE EXCEPTION '% is no Monday', week;
    END IF;
    IF to_regclass('environment.' || name) IS NOT NULL THEN
        RETURN false;
    END IF;
    EXECUTE format('CREATE TABLE %I (LIKE observation INCLUDING DEFAULTS INCLUDING CONSTRAINTS)', name);
    EXECUTE format('ALTER TABLE observation ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)', name,
                   week::timestamp AT TIME ZONE 'UTC', (week + 7)::timestamp AT TIME ZONE 'UTC');
    RETURN true;
END $$;
CREATE FUNCTION drop_weeks(before date) RETURNS integer LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = environment, pg_temp SET lock_timeout = '2s' AS $$
DECLARE
    old regclass;
    dropped integer := 0;
BEGIN
    IF before > current_date - 28 THEN
        RAISE EXCEPTION 'readings are kept for four weeks at least';
    END IF;
    FOR old IN SELECT inhrelid::regclass FROM pg_inherits WHERE inhparent = 'observation'::regclass
                  AND right(inhrelid::regclass::text, 8) < to_char(before - 6, 'YYYYMMDD') LOOP
        EXECUTE format('DROP TABLE %s', old);
        dropped := dropped + 1;
    END LOOP;
    RETURN dropped;
END $$;
REVOKE ALL ON FUNCTION make_week(date), drop_weeks(date) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION make_week(date), drop_weeks(date) TO environment;
CREATE TABLE latest (
    datastream integer PRIMARY KEY REFERENCES datastream (number),
    at timestamptz NOT NULL,
    value double precision NOT NULL,
    received timestamptz NOT NULL,
    flags smallint NOT NULL
) WITH (fillfactor = 50);
-- By the hour (UTC), of raw values within the sensor's range; kept when the readings are gone.
CREATE TABLE hour (
    datastream integer NOT NULL,
    at timestamptz NOT NULL,
    count bigint NOT NULL,
    mean double precision NOT NULL,
    least double precision NOT NULL,
    most double precision NOT NULL,
    PRIMARY KEY (datastream, at)
);
CREATE INDEX hour_old ON hour (at);
-- Hours whose sums must be made, or made anew.
CREATE TABLE hour_due (
    datastream integer NOT NULL,
    at timestamptz NOT NULL,
    PRIMARY KEY (datastream, at)
);
CREATE INDEX hour_due_at ON hour_due (at, datastream);
"""


def upgrade() -> None:
    """Makes the tables; a timer makes the weeks."""
    op.execute(REGISTRY)
    op.execute(DEVICES)
    op.execute(OBSERVATIONS)


def downgrade() -> None:
    """Takes them away."""
    op.execute(
        """
        DROP TABLE hour_due, hour, latest, observation, device_run, device_health, device, registry, correction,
            datastream, thing_location, thing CASCADE;
        DROP SEQUENCE datastream_number;
        DROP FUNCTION registry_changed(), make_week(date), drop_weeks(date);
        """
    )
