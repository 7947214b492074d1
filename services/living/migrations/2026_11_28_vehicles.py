"""Vehicles, where they are, where they were, and what their line makes of it."""

from alembic import op

revision = "living_0004"
down_revision = "living_0003"
branch_labels = None
depends_on = None

VEHICLES = """
CREATE TABLE vehicle (
    id text PRIMARY KEY,
    version integer NOT NULL,
    label text NOT NULL,
    plate text NOT NULL,
    agency text NOT NULL,
    access text NOT NULL CHECK (access IN ('yes', 'no', 'unknown')),
    capacity integer NOT NULL,
    simulated boolean NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    retired_at timestamptz,
    reason text NOT NULL
);
CREATE INDEX vehicle_agency ON vehicle (agency, id);
CREATE INDEX vehicle_in_service ON vehicle (id) WHERE retired_at IS NULL;
"""

# A row for each vehicle in service, written anew with each position: no index on what changes, so that it stays where
# it is. `flags` 1: it cannot have come there so fast.
POSITIONS = """
CREATE TABLE vehicle_position (
    vehicle text PRIMARY KEY REFERENCES vehicle ON DELETE CASCADE,
    at timestamptz NOT NULL,
    received timestamptz NOT NULL,
    lat double precision NOT NULL,
    lon double precision NOT NULL,
    bearing real,
    speed real,
    route text NOT NULL,
    trip text NOT NULL,
    flags smallint NOT NULL
) WITH (fillfactor = 50);
CREATE TABLE vehicle_progress (
    vehicle text PRIMARY KEY REFERENCES vehicle ON DELETE CASCADE,
    feed integer NOT NULL,
    at timestamptz NOT NULL,
    lat double precision NOT NULL,
    lon double precision NOT NULL,
    route text NOT NULL,
    line text NOT NULL,
    headsign text NOT NULL,
    trip text NOT NULL,
    way integer NOT NULL,
    headway integer NOT NULL,
    start_day date,
    start_second integer NOT NULL,
    metres double precision NOT NULL,
    elapsed integer NOT NULL,
    delay integer,
    calls bytea NOT NULL
) WITH (fillfactor = 50);
CREATE INDEX vehicle_progress_route ON vehicle_progress (route, vehicle);
-- No index but the key: a track is looked for by its vehicle and time, and by nothing else.
CREATE TABLE vehicle_track (
    vehicle text NOT NULL,
    at timestamptz NOT NULL,
    lat double precision NOT NULL,
    lon double precision NOT NULL,
    bearing real,
    speed real,
    flags smallint NOT NULL,
    PRIMARY KEY (vehicle, at)
) PARTITION BY RANGE (at);
-- The pillar's role makes no tables: these two do, as their owner, and nothing else. A day (UTC) is made apart and then
-- attached, which keeps nobody from reading the others.
CREATE FUNCTION make_track_day(day date) RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = living, pg_temp AS $$
DECLARE
    name text := 'vehicle_track_' || to_char(day, 'YYYYMMDD');
BEGIN
    IF to_regclass('living.' || name) IS NOT NULL THEN
        RETURN false;
    END IF;
    EXECUTE format('CREATE TABLE %I (LIKE vehicle_track INCLUDING DEFAULTS INCLUDING CONSTRAINTS)', name);
    EXECUTE format('ALTER TABLE vehicle_track ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)', name,
                   day::timestamp AT TIME ZONE 'UTC', (day + 1)::timestamp AT TIME ZONE 'UTC');
    RETURN true;
END $$;
CREATE FUNCTION drop_track_days(before date) RETURNS integer LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = living, pg_temp SET lock_timeout = '2s' AS $$
DECLARE
    old regclass;
    dropped integer := 0;
BEGIN
    -- Two days stay, whatever clock says otherwise.
    FOR old IN SELECT inhrelid::regclass FROM pg_inherits WHERE inhparent = 'vehicle_track'::regclass
                  AND right(inhrelid::regclass::text, 8) < to_char(least(before, current_date - 2), 'YYYYMMDD') LOOP
        EXECUTE format('DROP TABLE %s', old);
        dropped := dropped + 1;
    END LOOP;
    RETURN dropped;
END $$;
REVOKE ALL ON FUNCTION make_track_day(date), drop_track_days(date) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION make_track_day(date), drop_track_days(date) TO living;
"""


def upgrade() -> None:
    """Makes the tables; a timer makes the days."""
    op.execute(VEHICLES)
    op.execute(POSITIONS)


def downgrade() -> None:
    """Takes them away."""
    op.execute(
        """
        DROP TABLE vehicle_track, vehicle_progress, vehicle_position, vehicle CASCADE;
        DROP FUNCTION make_track_day(date), drop_track_days(date);
        """
    )
