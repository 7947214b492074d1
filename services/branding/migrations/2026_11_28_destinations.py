"""Destinations, corrections of them, and what visitors should know."""

from alembic import op

revision = "branding_0002"
down_revision = "branding_0001"
branch_labels = None
depends_on = None

TABLES = """
-- `content` is what is said of it, as JSON; `timed` and `closed` are of it.
CREATE TABLE destination (
    id uuid PRIMARY KEY,
    version integer NOT NULL,
    code text NOT NULL UNIQUE,
    kind text NOT NULL,
    name text NOT NULL,
    content text NOT NULL,
    area text NOT NULL,
    lon double precision NOT NULL,
    lat double precision NOT NULL,
    approximate boolean NOT NULL,
    status text NOT NULL CHECK (status IN ('verified', 'partly', 'memory')),
    checked_on date,
    source text NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    timed boolean NOT NULL,
    closed boolean NOT NULL,
    corrected boolean NOT NULL
);
CREATE INDEX destination_near ON destination (lat, lon) WHERE NOT closed;
CREATE INDEX destination_name ON destination (name, id) WHERE NOT closed;
CREATE TABLE destination_correction (
    id uuid PRIMARY KEY,
    version integer NOT NULL,
    state text NOT NULL CHECK (state IN ('waiting', 'accepted', 'declined')),
    destination uuid NOT NULL REFERENCES destination,
    content text NOT NULL,
    reason text NOT NULL,
    by text NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    decided_at timestamptz,
    decided_by text NOT NULL,
    note text NOT NULL,
    CHECK ((state = 'waiting') = (decided_at IS NULL)),
    CHECK (by <> decided_by OR by = '')
);
CREATE INDEX destination_correction_state ON destination_correction (state, id);
CREATE INDEX destination_correction_waiting ON destination_correction (destination) WHERE state = 'waiting';
CREATE INDEX destination_correction_decided ON destination_correction (decided_at) WHERE reason <> '';
-- `source` is the warning or the air station that it comes from.
CREATE TABLE advisory (
    id uuid PRIMARY KEY,
    version integer NOT NULL,
    state text NOT NULL CHECK (state IN ('active', 'ended')),
    origin text NOT NULL CHECK (origin IN ('officers', 'warning', 'air')),
    source text NOT NULL,
    level text NOT NULL CHECK (level IN ('info', 'warning', 'severe')),
    text text NOT NULL,
    text_en text NOT NULL,
    destination uuid REFERENCES destination,
    areas text[] NOT NULL,
    exercise boolean NOT NULL,
    by text NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    ends_at timestamptz
);
CREATE INDEX advisory_active ON advisory (id) WHERE state = 'active';
CREATE INDEX advisory_source ON advisory (origin, source, id) WHERE state = 'active';
CREATE INDEX advisory_over ON advisory (ends_at) WHERE state = 'active';
"""


def upgrade() -> None:
    """Makes the tables."""
    op.execute(TABLES)


def downgrade() -> None:
    """Drops them."""
    op.execute("DROP TABLE advisory, destination_correction, destination")
