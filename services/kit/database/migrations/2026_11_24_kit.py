"""The kit's tables in every pillar's schema: outbox, relay, inbox, dead letters, leases, idempotency keys."""

from alembic import op

revision = "kit_0001"
down_revision = None
branch_labels = ("kit",)
depends_on = None

UPGRADE = """
CREATE TABLE outbox (
    position      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id            uuid NOT NULL UNIQUE,
    type          text NOT NULL,
    aggregate     text NOT NULL,
    version       bigint NOT NULL,
    correlation   text NOT NULL,
    causation     uuid,
    exercise      boolean NOT NULL,
    recorded_at   timestamptz NOT NULL,
    traceparent   text,
    payload       bytea NOT NULL,
    published_at  timestamptz,
    sequence      bigint
);
CREATE INDEX outbox_unpublished ON outbox (position) WHERE published_at IS NULL;
CREATE INDEX outbox_recorded ON outbox USING brin (recorded_at);

CREATE TABLE relay (
    one             boolean PRIMARY KEY DEFAULT true CHECK (one),
    stream_created  text,
    last_sequence   bigint NOT NULL DEFAULT 0
);
INSERT INTO relay DEFAULT VALUES;

CREATE TABLE inbox (
    consumer     text NOT NULL,
    id           uuid NOT NULL,
    received_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (consumer, id)
);
CREATE INDEX inbox_received ON inbox USING brin (received_at);

CREATE TABLE dead_letter (
    number               bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    consumer             text NOT NULL,
    event_id             text NOT NULL,
    type                 text NOT NULL,
    aggregate            text NOT NULL,
    version              bigint NOT NULL,
    headers              jsonb NOT NULL,
    payload              bytea NOT NULL,
    reason               text NOT NULL,
    state                text NOT NULL CHECK (state IN ('poison', 'parked')),
    dead_at              timestamptz NOT NULL DEFAULT clock_timestamp(),
    replay_requested_at  timestamptz,
    replayed_at          timestamptz
);
CREATE INDEX dead_letter_waiting ON dead_letter (consumer, aggregate) WHERE replayed_at IS NULL;

CREATE TABLE lease (
    name        text PRIMARY KEY,
    owner       text NOT NULL,
    fence       bigint NOT NULL,
    expires_at  timestamptz NOT NULL
);

CREATE TABLE idempotency_key (
    caller        text NOT NULL,
    rpc           text NOT NULL,
    request_id    text NOT NULL,
    request_hash  bytea NOT NULL,
    answer        bytea,
    permanent     boolean NOT NULL DEFAULT false,
    created_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (caller, rpc, request_id)
);
CREATE INDEX idempotency_key_created ON idempotency_key USING brin (created_at);
"""


def upgrade() -> None:
    """Creates the tables."""
    op.execute(UPGRADE)


def downgrade() -> None:
    """Drops the tables."""
    op.execute("DROP TABLE idempotency_key, lease, dead_letter, inbox, relay, outbox")
