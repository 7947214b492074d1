"""Which stops follow each other on the ways of a line."""

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


def upgrade() -> None:
    """Makes the table, with a part for each feed that is kept."""
    for part in (TABLE, PARTS):
        op.execute(part)


def downgrade() -> None:
    """Drops it, with its parts."""
    op.execute("DROP TABLE route_pattern")
