"""Nowcasts of the national weather service, and how its feed was read."""

from alembic import op

revision = "environment_0020"
down_revision = "environment_0019"
branch_labels = None
depends_on = None

TABLES = """
-- Each message that was read, also of places elsewhere (not `here`), so that none is fetched twice; deleted a week
-- after its time. `item` is what the feed knows it by.
CREATE TABLE nowcast (
    id uuid PRIMARY KEY,
    item text NOT NULL,
    link text NOT NULL,
    identifier text NOT NULL UNIQUE,
    sender text NOT NULL,
    sender_name text NOT NULL,
    sent_at timestamptz NOT NULL,
    kind text NOT NULL,
    refers text[] NOT NULL,
    here boolean NOT NULL,
    areas text[] NOT NULL,
    language text NOT NULL,
    event text NOT NULL,
    headline text NOT NULL,
    description text NOT NULL,
    severity text NOT NULL,
    urgency text NOT NULL,
    certainty text NOT NULL,
    effective_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    web text NOT NULL,
    area text NOT NULL,
    replaced boolean NOT NULL
);
CREATE INDEX nowcast_item ON nowcast (item);
CREATE INDEX nowcast_holding ON nowcast (expires_at, id) WHERE here AND NOT replaced;
CREATE INDEX nowcast_over ON nowcast (expires_at);
CREATE INDEX nowcast_refers ON nowcast USING gin (refers);
CREATE TABLE nowcast_feed (
    id integer PRIMARY KEY CHECK (id = 1),
    url text NOT NULL,
    since timestamptz NOT NULL,
    read_at timestamptz,
    etag text NOT NULL,
    modified text NOT NULL,
    problem text NOT NULL
);
"""


def upgrade() -> None:
    """Makes the tables."""
    op.execute(TABLES)


def downgrade() -> None:
    """Takes them away."""
    op.execute("DROP TABLE nowcast, nowcast_feed")
