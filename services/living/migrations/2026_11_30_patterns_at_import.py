"""A feed that is imported by code of before `route_pattern` gets it as well, as soon as its parts are attached."""

from alembic import op

revision = "living_0022"
down_revision = "living_0021"
branch_labels = None
depends_on = None

ATTACH = """
CREATE OR REPLACE FUNCTION attach_feed(feed integer) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = living, public, pg_temp AS $$
#variable_conflict use_column
DECLARE
    parent name;
BEGIN
    FOR parent IN SELECT * FROM feed_tables() LOOP
        EXECUTE format('ALTER TABLE %I ATTACH PARTITION %I FOR VALUES IN (%s)', parent, parent || '_' || feed, feed);
        EXECUTE format('ANALYZE %I', parent || '_' || feed);
    END LOOP;
"""
# An administrator's older command, or a pod that is still of the version before, knows nothing of the table.
FILL = """
    IF NOT EXISTS (SELECT FROM route_pattern AS p WHERE p.feed = attach_feed.feed) THEN
        INSERT INTO route_pattern (feed, route, direction, number, shape, stops)
        SELECT attach_feed.feed, route, direction,
               row_number() OVER (PARTITION BY route, direction ORDER BY stops),
               mode() WITHIN GROUP (ORDER BY shape), stops
          FROM (SELECT t.route, t.direction, t.shape, array_agg(c.stop ORDER BY c.sequence) AS stops
                  FROM trip t JOIN stop_time c ON c.feed = t.feed AND c.trip = t.number
                 WHERE t.feed = attach_feed.feed
                 GROUP BY t.number, t.route, t.direction, t.shape) AS trips
         GROUP BY route, direction, stops;
        EXECUTE format('ANALYZE %I', 'route_pattern_' || feed);
    END IF;
"""
END = "END $$;"


def upgrade() -> None:
    """Lets who attaches a feed fill what it left empty."""
    op.execute(ATTACH + FILL + END)


def downgrade() -> None:
    """Lets it attach alone."""
    op.execute(ATTACH + END)
