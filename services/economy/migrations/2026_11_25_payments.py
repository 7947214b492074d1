"""Payments, refunds, suspense, wallets."""

from alembic import op

revision = "economy_0003"
down_revision = "economy_0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Makes the tables."""
    op.execute(
        """
        CREATE TABLE payment (
            id uuid PRIMARY KEY,
            code text NOT NULL UNIQUE,
            version integer NOT NULL,
            state text NOT NULL CHECK (state IN
                ('created', 'pending', 'captured', 'expired', 'cancelled', 'partly_refunded', 'refunded')),
            method text NOT NULL DEFAULT '' CHECK (method IN ('', 'qris_dynamic', 'qris_static', 'wallet', 'cash')),
            -- Whom it pays: a merchant, or for a top-up the account of a wallet.
            merchant uuid REFERENCES merchant,
            payee uuid NOT NULL,
            terminal text NOT NULL DEFAULT '',
            creator text NOT NULL DEFAULT '',
            payer text NOT NULL DEFAULT '',
            paid_by text NOT NULL DEFAULT '',
            taken_by text NOT NULL DEFAULT '',  -- who recorded the cash
            currency text NOT NULL,
            amount bigint NOT NULL CHECK (amount > 0),
            fee bigint NOT NULL DEFAULT 0 CHECK (fee BETWEEN 0 AND amount),
            refunded bigint NOT NULL DEFAULT 0 CHECK (refunded BETWEEN 0 AND amount),
            purpose text NOT NULL,
            description text NOT NULL DEFAULT '',
            bill text NOT NULL DEFAULT '',
            requester text NOT NULL DEFAULT '',
            request text NOT NULL DEFAULT '',
            area text NOT NULL DEFAULT '',
            sector text NOT NULL DEFAULT '',
            qr text NOT NULL DEFAULT '',
            provider text NOT NULL DEFAULT '',
            provider_reference text NOT NULL DEFAULT '',
            correlation text NOT NULL,
            exercise boolean NOT NULL DEFAULT false,
            created_at timestamptz NOT NULL,
            updated_at timestamptz NOT NULL,
            expires_at timestamptz NOT NULL,
            presented_at timestamptz,
            asked_at timestamptz,
            captured_at timestamptz
        ) WITH (fillfactor = 70);
        CREATE UNIQUE INDEX payment_request ON payment (requester, request) WHERE requester <> '';
        CREATE UNIQUE INDEX payment_provider ON payment (provider_reference) WHERE provider_reference <> '';
        CREATE INDEX payment_due ON payment (expires_at) WHERE state IN ('created', 'pending');
        CREATE INDEX payment_stale_qr ON payment (id) WHERE qr <> '' AND state NOT IN ('created', 'pending');
        CREATE INDEX payment_merchant ON payment (merchant, created_at DESC, id DESC);
        CREATE INDEX payment_captured ON payment (merchant, captured_at) WHERE captured_at IS NOT NULL;
        CREATE INDEX payment_bill ON payment (bill) WHERE bill <> '';

        CREATE TABLE refund (
            id uuid PRIMARY KEY,
            version integer NOT NULL,
            payment uuid NOT NULL REFERENCES payment,
            merchant uuid,
            state text NOT NULL CHECK (state IN ('requested', 'processing', 'done', 'rejected', 'failed')),
            way text NOT NULL CHECK (way IN ('bank', 'wallet', 'cash')),
            amount bigint NOT NULL CHECK (amount > 0),
            reason text NOT NULL,
            refusal text NOT NULL DEFAULT '',
            requested_by text NOT NULL,
            approved_by text NOT NULL DEFAULT '',
            hold uuid,
            asked_at timestamptz,
            provider_reference text NOT NULL DEFAULT '',
            created_at timestamptz NOT NULL,
            updated_at timestamptz NOT NULL,
            CONSTRAINT second_person CHECK (approved_by = '' OR approved_by <> requested_by)
        );
        CREATE INDEX refund_payment ON refund (payment);
        CREATE INDEX refund_merchant ON refund (merchant, updated_at);
        CREATE INDEX refund_processing ON refund (created_at) WHERE state = 'processing';
        CREATE INDEX refund_list ON refund (created_at DESC, id DESC);

        CREATE TABLE suspense (
            id uuid PRIMARY KEY,
            version integer NOT NULL,
            state text NOT NULL CHECK (state IN ('open', 'proposed', 'released')),
            reason text NOT NULL CHECK (reason IN ('unlinked', 'late', 'amount', 'paid_before', 'refused')),
            currency text NOT NULL,
            amount bigint NOT NULL CHECK (amount > 0),
            provider_reference text NOT NULL UNIQUE,
            payment uuid,
            target uuid,
            back boolean NOT NULL DEFAULT false,
            note text NOT NULL DEFAULT '',
            proposed_by text NOT NULL DEFAULT '',
            approved_by text NOT NULL DEFAULT '',
            asked_at timestamptz,
            correlation text NOT NULL,
            exercise boolean NOT NULL DEFAULT false,
            created_at timestamptz NOT NULL,
            updated_at timestamptz NOT NULL,
            CONSTRAINT second_person CHECK (approved_by = '' OR approved_by <> proposed_by)
        );
        CREATE INDEX suspense_returning ON suspense (asked_at) WHERE state = 'proposed' AND approved_by <> '';
        CREATE INDEX suspense_list ON suspense (created_at DESC, id DESC);

        CREATE TABLE wallet (
            subject text PRIMARY KEY,
            account uuid NOT NULL UNIQUE REFERENCES account,
            created_at timestamptz NOT NULL
        );
        """
    )


def downgrade() -> None:
    """Takes the tables away."""
    op.execute("DROP TABLE wallet, suspense, refund, payment")
