"""Bills and receipts."""

from alembic import op

revision = "economy_0005"
down_revision = "economy_0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Makes the tables."""
    op.execute(
        """
        CREATE TABLE bill (
            number text PRIMARY KEY,
            id uuid NOT NULL UNIQUE,
            version integer NOT NULL,
            state text NOT NULL CHECK (state IN ('issued', 'paid', 'cancelled', 'refunded')),
            tariff text NOT NULL,
            tariff_name_id text NOT NULL,
            tariff_name_en text NOT NULL,
            object text NOT NULL,
            period text NOT NULL DEFAULT '',
            quantity integer NOT NULL CHECK (quantity > 0),
            currency text NOT NULL,
            amount bigint NOT NULL CHECK (amount > 0),
            agency text NOT NULL,
            area text NOT NULL,
            issued_by text NOT NULL DEFAULT '',
            payment uuid REFERENCES payment,
            correlation text NOT NULL,
            exercise boolean NOT NULL DEFAULT false,
            created_at timestamptz NOT NULL,
            updated_at timestamptz NOT NULL,
            due_at timestamptz NOT NULL,
            paid_at timestamptz
        );
        CREATE UNIQUE INDEX bill_once ON bill (tariff, lower(object), period)
            WHERE state IN ('issued', 'paid') AND period <> '';
        CREATE INDEX bill_arrears ON bill (agency, due_at, id) WHERE state = 'issued';
        CREATE INDEX bill_list ON bill (due_at, id);

        CREATE TABLE receipt (
            number text PRIMARY KEY,
            bill text NOT NULL UNIQUE REFERENCES bill,
            payment uuid NOT NULL REFERENCES payment,
            text text NOT NULL,
            signature text NOT NULL,
            key_id text NOT NULL,
            seal text NOT NULL,
            issued_at timestamptz NOT NULL
        );
        REVOKE UPDATE, DELETE, TRUNCATE ON receipt FROM economy;

        -- The last number of each year; without gaps, because it is taken in the transaction that issues the receipt.
        -- Drills are a series of their own, so that none of them stands among the city's receipts.
        CREATE TABLE receipt_number (
            series text NOT NULL,
            year integer NOT NULL,
            last integer NOT NULL,
            PRIMARY KEY (series, year)
        );

        CREATE TABLE receipt_key (
            key_id text PRIMARY KEY,
            x text NOT NULL
        );
        """
    )


def downgrade() -> None:
    """Takes the tables away."""
    op.execute("DROP TABLE receipt_key, receipt_number, receipt, bill")
