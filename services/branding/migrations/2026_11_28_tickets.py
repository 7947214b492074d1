"""Tickets: sales, types, seats, orders, tickets, and money that goes back."""

from alembic import op

revision = "branding_0003"
down_revision = "branding_0002"
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE ticket_sale (
    id uuid PRIMARY KEY,
    version integer NOT NULL,
    state text NOT NULL CHECK (state IN ('open', 'stopped', 'cancelled')),
    agency text NOT NULL,
    occasion uuid UNIQUE REFERENCES occasion,
    event uuid,
    event_code text NOT NULL,
    destination text NOT NULL,
    title_id text NOT NULL,
    title_en text NOT NULL,
    venue text NOT NULL,
    starts_at timestamptz,
    ends_at timestamptz,
    day date,
    moved boolean NOT NULL,
    opens_at timestamptz NOT NULL,
    waiting_room boolean NOT NULL,
    note text NOT NULL,
    opened_by text NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CHECK ((occasion IS NULL) <> (destination = '')),
    CHECK ((occasion IS NULL) = (starts_at IS NULL)),
    CHECK ((occasion IS NULL) = (event IS NULL)),
    CHECK ((occasion IS NULL) = (day IS NULL)),
    CHECK ((starts_at IS NULL) = (ends_at IS NULL)),
    CHECK (starts_at < ends_at)
);
CREATE INDEX ticket_sale_event ON ticket_sale (event, id);
CREATE INDEX ticket_sale_destination ON ticket_sale (destination, id);
CREATE TABLE ticket_type (
    id uuid PRIMARY KEY,
    version integer NOT NULL,
    sale uuid NOT NULL REFERENCES ticket_sale,
    name_id text NOT NULL,
    name_en text NOT NULL,
    price bigint NOT NULL CHECK (price >= 0),
    quota integer NOT NULL CHECK (quota > 0),
    most integer NOT NULL CHECK (most BETWEEN 1 AND 10),
    open boolean NOT NULL,
    admission text NOT NULL CHECK (admission IN ('once', 'daily')),
    reentry text NOT NULL CHECK (reentry IN ('none', 'after_exit', 'free')),
    gates text[] NOT NULL,
    refund_hours integer NOT NULL CHECK (refund_hours >= 0),
    refund_percent integer NOT NULL CHECK (refund_percent BETWEEN 0 AND 100),
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);
CREATE INDEX ticket_type_sale ON ticket_type (sale, id);
-- The last line against selling too many: whatever the code does.
CREATE TABLE ticket_seats (
    id uuid PRIMARY KEY,
    type uuid NOT NULL REFERENCES ticket_type,
    day date NOT NULL,
    quota integer NOT NULL,
    held integer NOT NULL CHECK (held >= 0),
    sold integer NOT NULL CHECK (sold >= 0),
    UNIQUE (type, day),
    CHECK (held + sold <= quota)
) WITH (fillfactor = 50);
CREATE TABLE ticket_order (
    id uuid PRIMARY KEY,
    version integer NOT NULL,
    code text NOT NULL UNIQUE,
    state text NOT NULL CHECK (state IN ('held', 'paid', 'expired', 'cancelled', 'returned')),
    sale uuid NOT NULL REFERENCES ticket_sale,
    buyer text NOT NULL,
    sealed bytea,
    quantity integer NOT NULL CHECK (quantity > 0),
    amount bigint NOT NULL CHECK (amount >= 0),
    payment text NOT NULL,
    reason text NOT NULL,
    hold_until timestamptz,
    last_day date NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CHECK ((state = 'held') = (hold_until IS NOT NULL)),
    CHECK (state <> 'held' OR amount > 0)
);
CREATE INDEX ticket_order_buyer ON ticket_order (buyer, id);
CREATE INDEX ticket_order_hold ON ticket_order (hold_until) WHERE hold_until IS NOT NULL;
CREATE INDEX ticket_order_sale ON ticket_order (sale, id);
CREATE INDEX ticket_order_named ON ticket_order (last_day) WHERE buyer <> '' OR sealed IS NOT NULL;
CREATE TABLE ticket_order_line (
    order_id uuid NOT NULL REFERENCES ticket_order,
    place integer NOT NULL,
    type uuid NOT NULL,
    seats uuid NOT NULL REFERENCES ticket_seats,
    quantity integer NOT NULL CHECK (quantity > 0),
    price bigint NOT NULL,
    PRIMARY KEY (order_id, place)
);
CREATE TABLE ticket (
    id uuid PRIMARY KEY,
    version integer NOT NULL,
    code text NOT NULL UNIQUE,
    state text NOT NULL CHECK (state IN ('valid', 'cancelled')),
    order_id uuid NOT NULL REFERENCES ticket_order,
    sale uuid NOT NULL REFERENCES ticket_sale,
    type uuid NOT NULL,
    seats uuid NOT NULL REFERENCES ticket_seats,
    first_day date NOT NULL,
    last_day date NOT NULL,
    price bigint NOT NULL,
    request text NOT NULL,
    generation integer NOT NULL CHECK (generation > 0),
    holder text NOT NULL,
    sealed bytea,
    admissions integer NOT NULL CHECK (admissions >= 0),
    admitted_day date,
    inside boolean NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);
CREATE INDEX ticket_order_of ON ticket (order_id, id);
CREATE INDEX ticket_sale_of ON ticket (sale, id);
CREATE INDEX ticket_named ON ticket (last_day) WHERE holder <> '' OR sealed IS NOT NULL;
CREATE TABLE ticket_refund (
    id uuid PRIMARY KEY,
    version integer NOT NULL,
    state text NOT NULL CHECK (state IN ('asked', 'done', 'refused')),
    cause text NOT NULL CHECK (cause IN ('late', 'given_back', 'changed', 'cancelled')),
    sale uuid NOT NULL REFERENCES ticket_sale,
    order_id uuid NOT NULL REFERENCES ticket_order,
    order_code text NOT NULL,
    request text NOT NULL,
    amount bigint NOT NULL CHECK (amount > 0),
    attempt integer NOT NULL,
    reason text NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    asked_at timestamptz NOT NULL,
    settled_at timestamptz,
    CHECK ((state = 'done') = (settled_at IS NOT NULL))
);
CREATE INDEX ticket_refund_order ON ticket_refund (order_id, id);
CREATE INDEX ticket_refund_sale ON ticket_refund (sale, id);
CREATE INDEX ticket_refund_state ON ticket_refund (sale, state, id);
CREATE INDEX ticket_refund_refused ON ticket_refund (asked_at) WHERE state = 'refused';
CREATE INDEX ticket_refund_open ON ticket_refund (created_at) WHERE state <> 'done';
"""


def upgrade() -> None:
    """Makes the tables."""
    op.execute(TABLES)


def downgrade() -> None:
    """Drops them."""
    op.execute(
        "DROP TABLE ticket_refund, ticket, ticket_order_line, ticket_order, ticket_seats, ticket_type, ticket_sale"
    )
