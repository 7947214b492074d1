"""Gates of tickets, and what was scanned there."""

from alembic import op

revision = "branding_0005"
down_revision = "branding_0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Makes the tables."""
    op.execute(
        """
        CREATE TABLE ticket_gate (
            id uuid PRIMARY KEY,
            sale uuid NOT NULL REFERENCES ticket_sale,
            agency text NOT NULL,
            name text NOT NULL,
            opened_by text NOT NULL,
            created_at timestamptz NOT NULL
        );
        CREATE INDEX ticket_gate_sale ON ticket_gate (sale, name, id);
        CREATE TABLE ticket_scan (
            id uuid PRIMARY KEY,
            gate uuid NOT NULL REFERENCES ticket_gate,
            scan text NOT NULL,
            sale uuid NOT NULL,
            ticket uuid REFERENCES ticket,
            code text NOT NULL,
            leaving boolean NOT NULL,
            verdict text NOT NULL,
            happened boolean NOT NULL,
            amiss boolean NOT NULL,
            at timestamptz NOT NULL,
            day date NOT NULL,
            offline boolean NOT NULL,
            by text NOT NULL,
            created_at timestamptz NOT NULL,
            UNIQUE (gate, scan),
            CHECK (happened OR NOT amiss),
            CHECK (ticket IS NOT NULL OR NOT happened)
        );
        CREATE INDEX ticket_scan_ticket ON ticket_scan (ticket) WHERE happened;
        CREATE INDEX ticket_scan_amiss ON ticket_scan (sale, amiss, at, id);
        CREATE INDEX ticket_scan_day ON ticket_scan (gate, day) WHERE happened AND NOT leaving;
        CREATE INDEX ticket_listed ON ticket (sale, first_day, id) WHERE state = 'valid';
        CREATE INDEX ticket_holding ON ticket (sale, id) WHERE state = 'valid';
        """
    )


def downgrade() -> None:
    """Drops them."""
    op.execute("DROP INDEX ticket_listed, ticket_holding; DROP TABLE ticket_scan, ticket_gate")
