"""GTFS feeds: what is known of each, which is current, and its tables, each in parts by the feed."""

from alembic import op

revision = "living_0001"
down_revision = None
branch_labels = ("living",)
depends_on = None

FEEDS = """
-- Every feed that was ever imported. Its rows in the tables below are there while it is `kept`; numbers are never given
-- twice. `first_day` and `last_day` are those of its service, exceptions counted.
CREATE SEQUENCE feed_number AS integer;
CREATE TABLE feed (
    id uuid PRIMARY KEY,
    number integer NOT NULL UNIQUE,
    digest text NOT NULL,
    source text NOT NULL,
    made_up boolean NOT NULL,
    kept boolean NOT NULL,
    publisher text NOT NULL,
    publisher_url text NOT NULL,
    language text NOT NULL,
    feed_version text NOT NULL,
    contact text NOT NULL,
    timezone text NOT NULL,
    first_day date,
    last_day date,
    bytes bigint NOT NULL,
    stops integer NOT NULL,
    routes integer NOT NULL,
    trips integer NOT NULL,
    stop_times integer NOT NULL,
    warnings integer NOT NULL,
    infos integer NOT NULL,
    imported_at timestamptz NOT NULL,
    left_at timestamptz
);
CREATE INDEX feed_digest ON feed (digest, number);
CREATE INDEX feed_gone ON feed (left_at) WHERE kept;
-- What was found in it, by code; `line` and `detail` are those of the first.
CREATE TABLE feed_finding (
    feed integer NOT NULL REFERENCES feed (number),
    severity text NOT NULL,
    code text NOT NULL,
    file text NOT NULL,
    count integer NOT NULL,
    line integer NOT NULL,
    detail text NOT NULL,
    PRIMARY KEY (feed, severity, code, file)
);
-- The one row that says what holds. A swap changes it and nothing else.
CREATE TABLE feed_current (
    one_row boolean PRIMARY KEY DEFAULT true CHECK (one_row),
    feed integer NOT NULL REFERENCES feed (number),
    previous integer REFERENCES feed (number),
    since timestamptz NOT NULL
);
"""

# Within a feed everything is known by a small number, from 0 in the order of its file; `id` is what the feed calls it.
# Times are seconds after noon less twelve hours of the day of service, and may be past 86,400; days are of the
# agency's time zone. What a feed does not say is NULL, and -1 in stop_time, which is written as one block of memory.
NETWORK = """
CREATE TABLE agency (
    feed integer NOT NULL, number integer NOT NULL, id text NOT NULL, name text NOT NULL, url text NOT NULL,
    timezone text NOT NULL, language text NOT NULL, phone text NOT NULL, fare_url text NOT NULL, email text NOT NULL,
    PRIMARY KEY (feed, number)
) PARTITION BY LIST (feed);
-- `kind` is location_type; `parent` the number of the station, or of the platform of a boarding area. `folded` is the
-- name for searching: small letters without marks.
CREATE TABLE stop (
    feed integer NOT NULL, number integer NOT NULL, id text NOT NULL, code text NOT NULL, name text NOT NULL,
    folded text NOT NULL, spoken text NOT NULL, description text NOT NULL, lat double precision, lon double precision,
    zone text NOT NULL, url text NOT NULL, kind smallint NOT NULL, parent integer, timezone text NOT NULL,
    wheelchair smallint NOT NULL, level text NOT NULL, platform text NOT NULL, access smallint,
    PRIMARY KEY (feed, number)
) PARTITION BY LIST (feed);
CREATE UNIQUE INDEX stop_id ON stop (feed, id);
CREATE INDEX stop_name ON stop (feed, name, id);
CREATE INDEX stop_parent ON stop (feed, parent);
CREATE INDEX stop_place ON stop USING gist (point(lon, lat));
CREATE INDEX stop_words ON stop USING gin (folded gin_trgm_ops);
CREATE TABLE route (
    feed integer NOT NULL, number integer NOT NULL, id text NOT NULL, agency integer, short_name text NOT NULL,
    long_name text NOT NULL, description text NOT NULL, kind smallint NOT NULL, url text NOT NULL, color text NOT NULL,
    text_color text NOT NULL, place integer NOT NULL, network text NOT NULL,
    PRIMARY KEY (feed, number)
) PARTITION BY LIST (feed);
CREATE UNIQUE INDEX route_id ON route (feed, id);
CREATE INDEX route_order ON route (feed, place, number);
-- The stops of a route in one direction in order, as most of its trips go; those of others stand where they fit.
-- `trips` says how many of its trips call there.
CREATE TABLE route_stop (
    feed integer NOT NULL, route integer NOT NULL, direction smallint NOT NULL, position integer NOT NULL,
    stop integer NOT NULL, trips integer NOT NULL,
    PRIMARY KEY (feed, route, direction, position)
) PARTITION BY LIST (feed);
CREATE INDEX route_stop_stop ON route_stop (feed, stop, route);
-- `headsign` is the one of most trips.
CREATE TABLE route_direction (
    feed integer NOT NULL, route integer NOT NULL, direction smallint NOT NULL, headsign text NOT NULL,
    trips integer NOT NULL, shape integer, headway boolean NOT NULL,
    PRIMARY KEY (feed, route, direction)
) PARTITION BY LIST (feed);
CREATE TABLE shape (
    feed integer NOT NULL, number integer NOT NULL, id text NOT NULL, lats double precision[] NOT NULL,
    lons double precision[] NOT NULL, distances double precision[],
    PRIMARY KEY (feed, number)
) PARTITION BY LIST (feed);
CREATE TABLE level (
    feed integer NOT NULL, id text NOT NULL, index double precision NOT NULL, name text NOT NULL,
    PRIMARY KEY (feed, id)
) PARTITION BY LIST (feed);
CREATE TABLE pathway (
    feed integer NOT NULL, number integer NOT NULL, id text NOT NULL, from_stop integer NOT NULL,
    to_stop integer NOT NULL, mode smallint NOT NULL, both_ways boolean NOT NULL, length double precision,
    seconds integer, stairs integer, slope double precision, width double precision, signposted text NOT NULL,
    signposted_back text NOT NULL,
    PRIMARY KEY (feed, number)
) PARTITION BY LIST (feed);
"""

SERVICE = """
-- `days` has a bit for each weekday on which it runs: 1 Monday, 2 Tuesday, 4 Wednesday, ... 64 Sunday.
CREATE TABLE service (
    feed integer NOT NULL, number integer NOT NULL, id text NOT NULL, days smallint NOT NULL, first_day date,
    last_day date,
    PRIMARY KEY (feed, number)
) PARTITION BY LIST (feed);
CREATE TABLE service_exception (
    feed integer NOT NULL, service integer NOT NULL, day date NOT NULL, runs boolean NOT NULL,
    PRIMARY KEY (feed, service, day)
) PARTITION BY LIST (feed);
CREATE INDEX service_exception_day ON service_exception (feed, day);
CREATE TABLE trip (
    feed integer NOT NULL, number integer NOT NULL, id text NOT NULL, route integer NOT NULL, service integer NOT NULL,
    headsign text NOT NULL, short_name text NOT NULL, direction smallint NOT NULL, block text NOT NULL, shape integer,
    wheelchair smallint NOT NULL, bikes smallint NOT NULL, cars smallint NOT NULL,
    PRIMARY KEY (feed, number)
) PARTITION BY LIST (feed);
CREATE UNIQUE INDEX trip_id ON trip (feed, id);
-- Every stop has times: those that a feed leaves out are interpolated between their neighbours, by the distance where
-- it is given and evenly where not, and have timepoint 0 (approximate), as those that the feed itself calls so.
CREATE TABLE stop_time (
    feed integer NOT NULL, trip integer NOT NULL, sequence integer NOT NULL, stop integer NOT NULL,
    arrival integer NOT NULL, departure integer NOT NULL, pickup smallint NOT NULL, drop_off smallint NOT NULL,
    continuous_pickup smallint NOT NULL, continuous_drop_off smallint NOT NULL, timepoint smallint NOT NULL,
    distance real NOT NULL,
    PRIMARY KEY (feed, trip, sequence)
) PARTITION BY LIST (feed);
CREATE TABLE stop_headsign (
    feed integer NOT NULL, trip integer NOT NULL, sequence integer NOT NULL, headsign text NOT NULL,
    PRIMARY KEY (feed, trip, sequence)
) PARTITION BY LIST (feed);
CREATE TABLE frequency (
    feed integer NOT NULL, trip integer NOT NULL, start_time integer NOT NULL, end_time integer NOT NULL,
    headway integer NOT NULL, exact boolean NOT NULL,
    PRIMARY KEY (feed, trip, start_time)
) PARTITION BY LIST (feed);
CREATE TABLE transfer (
    feed integer NOT NULL, number integer NOT NULL, from_stop integer, to_stop integer, from_route integer,
    to_route integer, from_trip integer, to_trip integer, kind smallint NOT NULL, seconds integer,
    PRIMARY KEY (feed, number)
) PARTITION BY LIST (feed);
"""

# Amounts are in units of the currency, as the feed has them.
FARES = """
CREATE TABLE fare_attribute (
    feed integer NOT NULL, id text NOT NULL, price numeric NOT NULL, currency text NOT NULL, payment smallint NOT NULL,
    transfers smallint, agency integer, seconds integer,
    PRIMARY KEY (feed, id)
) PARTITION BY LIST (feed);
CREATE TABLE fare_rule (
    feed integer NOT NULL, number integer NOT NULL, fare text NOT NULL, route integer, origin text NOT NULL,
    destination text NOT NULL, contains text NOT NULL,
    PRIMARY KEY (feed, number)
) PARTITION BY LIST (feed);
CREATE TABLE fare_area (
    feed integer NOT NULL, id text NOT NULL, name text NOT NULL,
    PRIMARY KEY (feed, id)
) PARTITION BY LIST (feed);
CREATE TABLE fare_area_stop (
    feed integer NOT NULL, area text NOT NULL, stop integer NOT NULL,
    PRIMARY KEY (feed, area, stop)
) PARTITION BY LIST (feed);
CREATE TABLE fare_network (
    feed integer NOT NULL, id text NOT NULL, name text NOT NULL,
    PRIMARY KEY (feed, id)
) PARTITION BY LIST (feed);
CREATE TABLE fare_network_route (
    feed integer NOT NULL, route integer NOT NULL, network text NOT NULL,
    PRIMARY KEY (feed, route)
) PARTITION BY LIST (feed);
CREATE TABLE fare_timeframe (
    feed integer NOT NULL, number integer NOT NULL, id text NOT NULL, start_time integer, end_time integer,
    service integer NOT NULL,
    PRIMARY KEY (feed, number)
) PARTITION BY LIST (feed);
CREATE TABLE fare_rider (
    feed integer NOT NULL, id text NOT NULL, name text NOT NULL, usual boolean NOT NULL, url text NOT NULL,
    PRIMARY KEY (feed, id)
) PARTITION BY LIST (feed);
CREATE TABLE fare_medium (
    feed integer NOT NULL, id text NOT NULL, name text NOT NULL, kind smallint NOT NULL,
    PRIMARY KEY (feed, id)
) PARTITION BY LIST (feed);
CREATE TABLE fare_product (
    feed integer NOT NULL, number integer NOT NULL, id text NOT NULL, name text NOT NULL, amount numeric NOT NULL,
    currency text NOT NULL, medium text NOT NULL, rider text NOT NULL,
    PRIMARY KEY (feed, number)
) PARTITION BY LIST (feed);
CREATE TABLE fare_leg_rule (
    feed integer NOT NULL, number integer NOT NULL, leg_group text NOT NULL, network text NOT NULL,
    from_area text NOT NULL, to_area text NOT NULL, from_timeframe text NOT NULL, to_timeframe text NOT NULL,
    product text NOT NULL, priority integer,
    PRIMARY KEY (feed, number)
) PARTITION BY LIST (feed);
CREATE TABLE fare_transfer_rule (
    feed integer NOT NULL, number integer NOT NULL, from_leg_group text NOT NULL, to_leg_group text NOT NULL,
    transfers integer, seconds integer, limit_kind smallint, kind smallint NOT NULL, product text NOT NULL,
    PRIMARY KEY (feed, number)
) PARTITION BY LIST (feed);
"""

WORDS = """
-- `record` and `sub_record` name the row that is translated; where they are empty, `value` is what is translated.
CREATE TABLE translation (
    feed integer NOT NULL, number integer NOT NULL, about text NOT NULL, field text NOT NULL, language text NOT NULL,
    translation text NOT NULL, record text NOT NULL, sub_record text NOT NULL, value text NOT NULL,
    PRIMARY KEY (feed, number)
) PARTITION BY LIST (feed);
CREATE INDEX translation_record ON translation (feed, about, record);
CREATE INDEX translation_value ON translation (feed, about, value);
CREATE TABLE attribution (
    feed integer NOT NULL, number integer NOT NULL, id text NOT NULL, organization text NOT NULL,
    agency integer, route integer, trip integer, producer boolean NOT NULL, operator boolean NOT NULL,
    authority boolean NOT NULL, url text NOT NULL, email text NOT NULL, phone text NOT NULL,
    PRIMARY KEY (feed, number)
) PARTITION BY LIST (feed);
-- The archive as it came, in parts of a mebibyte at most.
CREATE TABLE feed_part (
    feed integer NOT NULL, part integer NOT NULL, content bytea NOT NULL,
    PRIMARY KEY (feed, part)
) PARTITION BY LIST (feed);
"""

# The pillar's role makes no tables: these do, as their owner, and nothing else. `make_feed` makes the parts of a feed
# apart, where they are filled; `attach_feed` adds their indexes and lets them be seen, which keeps nobody from reading
# the others. `drop_feed` takes one part away, and answers how many are left: a lock on one table at a time, so that it
# cannot wait for who waits for it.
FUNCTIONS = """
CREATE FUNCTION feed_tables() RETURNS SETOF name LANGUAGE sql STABLE SET search_path = living, pg_temp AS $$
    SELECT relname FROM pg_class WHERE relnamespace = 'living'::regnamespace AND relkind = 'p'
       AND pg_get_partkeydef(oid) = 'LIST (feed)' ORDER BY relname
$$;
CREATE FUNCTION make_feed(feed integer) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = living, public, pg_temp AS $$
DECLARE
    parent name;
BEGIN
    FOR parent IN SELECT * FROM feed_tables() LOOP
        EXECUTE format('CREATE TABLE %I (LIKE %I, CHECK (feed = %s))', parent || '_' || feed, parent, feed);
    END LOOP;
END $$;
CREATE FUNCTION attach_feed(feed integer) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = living, public, pg_temp AS $$
DECLARE
    parent name;
BEGIN
    FOR parent IN SELECT * FROM feed_tables() LOOP
        EXECUTE format('ALTER TABLE %I ATTACH PARTITION %I FOR VALUES IN (%s)', parent, parent || '_' || feed, feed);
        EXECUTE format('ANALYZE %I', parent || '_' || feed);
    END LOOP;
END $$;
CREATE FUNCTION drop_feed(number integer) RETURNS integer LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = living, pg_temp SET lock_timeout = '2s' AS $$
DECLARE
    parts name[];
BEGIN
    IF EXISTS (SELECT FROM feed_current WHERE drop_feed.number IN (feed, previous)) THEN
        RAISE EXCEPTION 'feed % is needed', number;
    END IF;
    SELECT array_agg(of || '_' || number) INTO parts FROM feed_tables() AS of
     WHERE to_regclass('living.' || of || '_' || number) IS NOT NULL;
    IF parts IS NULL THEN
        RETURN 0;
    END IF;
    EXECUTE format('DROP TABLE %I', parts[1]);
    RETURN cardinality(parts) - 1;
END $$;
REVOKE ALL ON FUNCTION make_feed(integer), attach_feed(integer), drop_feed(integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION make_feed(integer), attach_feed(integer), drop_feed(integer) TO living;
"""


def upgrade() -> None:
    """Makes the tables; a feed's parts are made by who imports it."""
    for part in (FEEDS, NETWORK, SERVICE, FARES, WORDS, FUNCTIONS):
        op.execute(part)


def downgrade() -> None:
    """Takes them away."""
    op.execute(
        """
        DO $$ DECLARE one name; BEGIN
            FOR one IN SELECT * FROM feed_tables() LOOP EXECUTE format('DROP TABLE %I', one); END LOOP;
        END $$;
        DROP FUNCTION make_feed(integer), attach_feed(integer), drop_feed(integer), feed_tables();
        DROP TABLE feed_current, feed_finding, feed;
        DROP SEQUENCE feed_number;
        """
    )
