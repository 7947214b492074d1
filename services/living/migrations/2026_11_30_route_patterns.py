"""Which stops follow each other on the ways of a line: feeds that are kept get them from their stop times."""

from alembic import op

revision = "living_0020"
down_revision = "living_0019"
branch_labels = None
depends_on = None

TABLE = """
-- Each order of stops in which trips of a route call in one direction; `shape` is the one that most of those follow.
CREATE TABLE route_pattern (
    feed integer NOT NULL, route integer NOT NULL, direction smallint NOT NULL, number integer NOT NULL,
    shape integer, stops integer[] NOT NULL,
    PRIMARY KEY (feed, route, direction, number)
) PARTITION BY LIST (feed);
"""

PARTS = """
DO $$
DECLARE
    kept integer;
BEGIN
    FOR kept IN SELECT number FROM feed WHERE feed.kept LOOP
        EXECUTE format('CREATE TABLE %I PARTITION OF route_pattern FOR VALUES IN (%s)', 'route_pattern_' || kept, kept);
    END LOOP;
END $$;
"""

FILL = """
INSERT INTO route_pattern (feed, route, direction, number, shape, stops)
SELECT feed, route, direction, row_number() OVER (PARTITION BY feed, route, direction ORDER BY stops),
       mode() WITHIN GROUP (ORDER BY shape), stops
  FROM (SELECT t.feed, t.route, t.direction, t.shape, array_agg(c.stop ORDER BY c.sequence) AS stops
          FROM trip t JOIN stop_time c ON c.feed = t.feed AND c.trip = t.number
         GROUP BY t.feed, t.number, t.route, t.direction, t.shape) AS trips
 GROUP BY feed, route, direction, stops;
"""


def upgrade() -> None:
    """Makes the table, and fills it for the feeds that are kept."""
    for part in (TABLE, PARTS, FILL):
        op.execute(part)


def downgrade() -> None:
    """Drops it, with its parts."""
    op.execute("DROP TABLE route_pattern")
