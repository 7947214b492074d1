"""The air index of each station, by the hour, and what has to be made anew."""

from alembic import op

revision = "environment_0004"
down_revision = "environment_0003"
branch_labels = None
depends_on = None

TABLES = """
-- A station's present index. `due` is the hour of the index that is to be made next: sums of hours that change take it
-- back, so that all indices since are made anew.
CREATE TABLE air_station (
    thing uuid PRIMARY KEY REFERENCES thing,
    version integer NOT NULL DEFAULT 0,
    due timestamptz NOT NULL,
    at timestamptz,
    value integer,
    category text,
    worst text,
    pollutants text[] NOT NULL DEFAULT '{}',
    hours integer[] NOT NULL DEFAULT '{}',
    means double precision[] NOT NULL DEFAULT '{}'
) WITH (fillfactor = 70);
CREATE INDEX air_station_due ON air_station (due);
-- By the end of the 24 hours; without a value where too few hours had readings.
CREATE TABLE air_index (
    thing uuid NOT NULL REFERENCES thing,
    at timestamptz NOT NULL,
    value integer,
    category text,
    worst text,
    PRIMARY KEY (thing, at)
);
CREATE INDEX air_index_old ON air_index (at);
"""

# Marks the stations whose hours have changed, however late that is and whoever changes them.
MARKS = """
CREATE FUNCTION air_measured() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO environment.air_station (thing, due)
    SELECT thing.id, min(fresh.at) + interval '1 hour' FROM fresh
      JOIN environment.datastream ON datastream.number = fresh.datastream
      JOIN environment.thing ON thing.id = datastream.thing
     WHERE thing.kind = 'air_station' GROUP BY thing.id ORDER BY thing.id
    ON CONFLICT (thing) DO UPDATE SET due = excluded.due WHERE air_station.due > excluded.due;
    RETURN NULL;
END $$;
CREATE TRIGGER air_measured_insert AFTER INSERT ON hour REFERENCING NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION air_measured();
CREATE TRIGGER air_measured_update AFTER UPDATE ON hour REFERENCING NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION air_measured();
CREATE FUNCTION air_corrected() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO environment.air_station (thing, due)
    SELECT thing.id, min(fresh.since) + interval '1 hour' FROM fresh
      JOIN environment.datastream ON datastream.number = fresh.datastream
      JOIN environment.thing ON thing.id = datastream.thing
     WHERE thing.kind = 'air_station' AND fresh.kind = 'calibration' GROUP BY thing.id ORDER BY thing.id
    ON CONFLICT (thing) DO UPDATE SET due = excluded.due WHERE air_station.due > excluded.due;
    RETURN NULL;
END $$;
CREATE TRIGGER air_corrected AFTER INSERT ON correction REFERENCING NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION air_corrected();
"""


def upgrade() -> None:
    """Makes the tables, and marks what is there."""
    op.execute(TABLES)
    op.execute(MARKS)
    op.execute(
        """
        INSERT INTO air_station (thing, due)
        SELECT thing.id, min(hour.at) + interval '1 hour' FROM thing JOIN datastream ON datastream.thing = thing.id
          JOIN hour ON hour.datastream = datastream.number
         WHERE thing.kind = 'air_station' GROUP BY thing.id
        """
    )


def downgrade() -> None:
    """Takes them away."""
    op.execute(
        """
        DROP FUNCTION air_measured(), air_corrected() CASCADE;
        DROP TABLE air_index, air_station;
        """
    )
