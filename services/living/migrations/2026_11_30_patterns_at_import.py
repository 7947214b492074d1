"""The ways of a line are found in the stop times of its trips: of each feed that is attached, and of those kept.

In the database, since an administrator's older command, or a pod of the version before, knows nothing of the table.
"""

from alembic import op

revision = "living_0022"
down_revision = "living_0021"
branch_labels = None
depends_on = None

FIND = """
CREATE FUNCTION find_patterns(feed integer) RETURNS void LANGUAGE plpgsql
    SET search_path = living, public, pg_temp AS $$
#variable_conflict use_column
BEGIN
    IF NOT EXISTS (SELECT FROM route_pattern AS p WHERE p.feed = find_patterns.feed) THEN
        INSERT INTO route_pattern (feed, route, direction, number, shape, stops)
        SELECT find_patterns.feed, route, direction,
               row_number() OVER (PARTITION BY route, direction ORDER BY stops),
               mode() WITHIN GROUP (ORDER BY shape), stops
          FROM (SELECT t.route, t.direction, t.shape, array_agg(c.stop ORDER BY c.sequence) AS stops
                  FROM trip t JOIN stop_time c ON c.feed = t.feed AND c.trip = t.number
                 WHERE t.feed = find_patterns.feed
                 GROUP BY t.number, t.route, t.direction, t.shape) AS trips
         GROUP BY route, direction, stops;
        EXECUTE format('ANALYZE %I', 'route_pattern_' || feed);
    END IF;
END $$;
REVOKE ALL ON FUNCTION find_patterns(integer) FROM PUBLIC;
SELECT find_patterns(number) FROM feed WHERE kept;
"""
ATTACH = """
CREATE OR REPLACE FUNCTION attach_feed(feed integer) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = living, public, pg_temp AS $$
DECLARE
    parent name;
BEGIN
    FOR parent IN SELECT * FROM feed_tables() LOOP
        EXECUTE format('ALTER TABLE %I ATTACH PARTITION %I FOR VALUES IN (%s)', parent, parent || '_' || feed, feed);
        EXECUTE format('ANALYZE %I', parent || '_' || feed);
    END LOOP;
"""
THEN_FIND = "PERFORM find_patterns(feed);"
END = "END $$;"


def upgrade() -> None:
    """Finds them, now and whenever a feed is attached."""
    op.execute(FIND)
    op.execute(ATTACH + THEN_FIND + END)


def downgrade() -> None:
    """Lets it attach alone."""
    op.execute(ATTACH + END)
    op.execute("DROP FUNCTION find_patterns")
