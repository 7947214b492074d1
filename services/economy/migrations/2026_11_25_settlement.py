"""Settled days, and differences from the bank's books."""

from alembic import op

revision = "economy_0006"
down_revision = "economy_0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Makes the tables."""
    op.execute(
        """
        CREATE TABLE batch (
            id uuid PRIMARY KEY,
            version integer NOT NULL,
            merchant uuid NOT NULL REFERENCES merchant,
            day date NOT NULL,
            round integer NOT NULL,
            state text NOT NULL CHECK (state IN ('closed', 'paid')),
            first_entry bigint NOT NULL,
            last_entry bigint NOT NULL,
            payments integer NOT NULL,
            currency text NOT NULL,
            gross bigint NOT NULL,
            fees bigint NOT NULL,
            refunded bigint NOT NULL,
            net bigint NOT NULL CHECK (net >= 0),
            -- What it leaves for the next batch of the merchant.
            carried bigint NOT NULL,
            -- Up to which entry PaymentSettled has been emitted.
            told_entry bigint NOT NULL,
            created_at timestamptz NOT NULL,
            paid_at timestamptz,
            UNIQUE (merchant, day, round)
        );
        CREATE INDEX batch_list ON batch (day DESC, id DESC);
        CREATE INDEX batch_last ON batch (merchant, last_entry DESC);
        CREATE INDEX batch_untold ON batch (id) WHERE told_entry < last_entry;

        -- Days that the nightly run has closed for every merchant.
        CREATE TABLE closing (
            day date PRIMARY KEY,
            done_at timestamptz NOT NULL
        );

        CREATE TABLE reconciliation (
            provider text NOT NULL,
            day date NOT NULL,
            lines integer NOT NULL,
            equal integer NOT NULL,
            done_at timestamptz NOT NULL,
            PRIMARY KEY (provider, day)
        );

        CREATE TABLE difference (
            id uuid PRIMARY KEY,
            day date NOT NULL,
            kind text NOT NULL CHECK (kind IN ('only_bank', 'only_here', 'amount', 'refund')),
            provider_reference text NOT NULL,
            payment uuid,
            currency text NOT NULL,
            bank bigint,
            here bigint,
            mended boolean NOT NULL DEFAULT false,
            created_at timestamptz NOT NULL,
            UNIQUE (day, kind, provider_reference)
        );
        CREATE INDEX difference_list ON difference (created_at DESC, id DESC);
        """
    )


def downgrade() -> None:
    """Takes the tables away."""
    op.execute("DROP TABLE difference, reconciliation, closing, batch")
