"""Events of the city, and their dates."""

from alembic import op

revision = "branding_0001"
down_revision = None
branch_labels = ("branding",)
depends_on = None

TABLES = """
-- `content` is what was published, `written` what waits to be published; both as JSON, empty where there is nothing.
CREATE TABLE city_event (
    id uuid PRIMARY KEY,
    version integer NOT NULL,
    code text NOT NULL UNIQUE,
    state text NOT NULL CHECK (state IN ('draft', 'published', 'cancelled')),
    kind text NOT NULL,
    agency text NOT NULL,
    by text NOT NULL,
    content text NOT NULL,
    written text NOT NULL,
    written_by text NOT NULL,
    status text NOT NULL CHECK (status IN ('verified', 'memory')),
    source text NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    reason text NOT NULL,
    published_at timestamptz,
    cancelled_at timestamptz,
    planned_until date,
    next_at timestamptz,
    next_until timestamptz,
    edited boolean NOT NULL,
    next_sort timestamptz NOT NULL GENERATED ALWAYS AS (coalesce(next_at, 'infinity')) STORED,
    waiting boolean NOT NULL GENERATED ALWAYS AS (written <> '') STORED,
    public boolean NOT NULL GENERATED ALWAYS AS (published_at IS NOT NULL) STORED,
    CHECK (content <> '' OR state <> 'published')
);
CREATE INDEX city_event_nearest ON city_event (state, next_sort, id);
CREATE INDEX city_event_kind ON city_event (state, kind, next_sort, id);
CREATE INDEX city_event_state ON city_event (state, id);
CREATE INDEX city_event_agency ON city_event (agency, id);
CREATE INDEX city_event_agency_state ON city_event (agency, state, id);
CREATE INDEX city_event_by ON city_event (by, id);
CREATE INDEX city_event_by_state ON city_event (by, state, id);
CREATE INDEX city_event_waiting ON city_event (waiting, id);
CREATE INDEX city_event_waiting_since ON city_event (updated_at) WHERE waiting;
CREATE INDEX city_event_agency_waiting ON city_event (agency, waiting, id);
CREATE INDEX city_event_by_waiting ON city_event (by, waiting, id);
CREATE INDEX city_event_planned ON city_event (planned_until) WHERE planned_until IS NOT NULL;
CREATE INDEX city_event_next ON city_event (next_until) WHERE next_until IS NOT NULL;
CREATE INDEX city_event_cancelled ON city_event (cancelled_at) WHERE cancelled_at IS NOT NULL;
-- `key` is what the event's rule or list calls a date, wherever it is moved to.
CREATE TABLE occasion (
    id uuid PRIMARY KEY,
    event_id uuid NOT NULL REFERENCES city_event,
    key text NOT NULL,
    starts_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL,
    all_day boolean NOT NULL,
    state text NOT NULL CHECK (state IN ('planned', 'cancelled')),
    source text NOT NULL,
    sequence integer NOT NULL,
    moved boolean NOT NULL,
    UNIQUE (event_id, key),
    CHECK (ends_at > starts_at)
);
CREATE INDEX occasion_of_event ON occasion (event_id, ends_at, id);
CREATE INDEX occasion_in_order ON occasion (starts_at, id);
"""


def upgrade() -> None:
    """Makes the tables."""
    op.execute(TABLES)


def downgrade() -> None:
    """Drops them."""
    op.execute("DROP TABLE occasion, city_event")
