"""Feeds of other operators, and how late they say that trips are."""

from alembic import op

revision = "living_0007"
down_revision = "living_0006"
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE operator_feed (
    id text PRIMARY KEY,
    url text NOT NULL,
    since timestamptz NOT NULL,
    read_at timestamptz,
    told_at timestamptz,
    etag text NOT NULL,
    modified text NOT NULL,
    problem text NOT NULL,
    unknown integer NOT NULL
);
-- What a feed told last, as a whole in place of what it told before. `delays` has seconds by the trip's calls:
-- arrivals; departures; calls that are skipped.
CREATE TABLE operator_delay (
    source text NOT NULL REFERENCES operator_feed ON DELETE CASCADE,
    number integer NOT NULL,
    trip text NOT NULL,
    day date NOT NULL,
    start integer NOT NULL,
    delays text NOT NULL,
    cancelled boolean NOT NULL,
    PRIMARY KEY (source, number)
);
"""


def upgrade() -> None:
    """Makes the tables."""
    op.execute(TABLES)


def downgrade() -> None:
    """Drops them."""
    op.execute("DROP TABLE operator_delay, operator_feed")
