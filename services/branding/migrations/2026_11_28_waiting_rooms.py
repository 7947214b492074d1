"""Waiting rooms, and the places in them."""

from alembic import op

revision = "branding_0007"
down_revision = "branding_0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Makes the tables."""
    op.execute(
        """
        CREATE TABLE waiting_room (
            sale uuid PRIMARY KEY REFERENCES ticket_sale,
            given bigint NOT NULL,
            turn bigint NOT NULL,
            due_at timestamptz,
            CHECK (turn <= given),
            CHECK ((turn < given) = (due_at IS NOT NULL))
        ) WITH (fillfactor = 50);
        CREATE INDEX waiting_room_due ON waiting_room (due_at) WHERE due_at IS NOT NULL;
        CREATE TABLE waiting_place (
            id uuid PRIMARY KEY,
            sale uuid NOT NULL REFERENCES ticket_sale,
            number bigint NOT NULL,
            state text NOT NULL CHECK (state IN ('waiting', 'served', 'refused')),
            types uuid[] NOT NULL,
            counts integer[] NOT NULL,
            day date,
            buyer text NOT NULL,
            sealed bytea,
            reason text NOT NULL,
            created_at timestamptz NOT NULL,
            decided_at timestamptz,
            UNIQUE (sale, number),
            CHECK ((state = 'waiting') = (decided_at IS NULL)),
            CHECK (cardinality(types) = cardinality(counts))
        );
        CREATE INDEX waiting_place_decided ON waiting_place (decided_at) WHERE decided_at IS NOT NULL;
        """
    )


def downgrade() -> None:
    """Drops them."""
    op.execute("DROP TABLE waiting_place, waiting_room")
