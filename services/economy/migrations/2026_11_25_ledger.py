"""The ledger: accounts, transfers, holds."""

from alembic import op

revision = "economy_0001"
down_revision = None
branch_labels = ("economy",)
depends_on = None


def upgrade() -> None:
    """Makes the tables."""
    op.execute(
        """
        CREATE TABLE account (
            id uuid PRIMARY KEY,
            kind text NOT NULL CHECK (kind IN
                ('wallet', 'merchant', 'treasury', 'fees', 'clearing', 'cash', 'suspense', 'payouts')),
            owner text NOT NULL DEFAULT '',
            currency text NOT NULL,
            overdraft boolean NOT NULL DEFAULT false,
            most bigint,
            status text NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'frozen', 'closed')),
            version integer NOT NULL DEFAULT 1,
            balance bigint NOT NULL DEFAULT 0,
            held bigint NOT NULL DEFAULT 0 CHECK (held >= 0),
            entries bigint NOT NULL DEFAULT 0,
            created_at timestamptz NOT NULL,
            CONSTRAINT no_overdraft CHECK (overdraft OR balance >= held)
        ) WITH (fillfactor = 70);
        CREATE INDEX account_list ON account (created_at, id);

        -- The journal. A transfer has both its sides in one row, so it is zero-sum by its shape; each side carries its
        -- number in its account and the balance after it, so that account and journal cannot drift apart unnoticed.
        CREATE TABLE transfer (
            id uuid PRIMARY KEY,
            kind text NOT NULL,
            debit uuid NOT NULL,
            credit uuid NOT NULL CHECK (credit <> debit),
            amount bigint NOT NULL CHECK (amount > 0),
            currency text NOT NULL,
            debit_number bigint NOT NULL,
            debit_balance bigint NOT NULL,
            credit_number bigint NOT NULL,
            credit_balance bigint NOT NULL,
            reference text NOT NULL DEFAULT '',
            exercise boolean NOT NULL DEFAULT false,
            posted_at timestamptz NOT NULL
        );
        CREATE UNIQUE INDEX transfer_debit ON transfer (debit, debit_number);
        CREATE UNIQUE INDEX transfer_credit ON transfer (credit, credit_number);
        CREATE INDEX transfer_posted ON transfer USING brin (posted_at);
        REVOKE UPDATE, DELETE, TRUNCATE ON transfer FROM economy;

        CREATE TABLE hold (
            id uuid PRIMARY KEY,
            account uuid NOT NULL,
            amount bigint NOT NULL CHECK (amount > 0),
            state text NOT NULL CHECK (state IN ('reserved', 'captured', 'released', 'expired')),
            reference text NOT NULL DEFAULT '',
            expires_at timestamptz,
            created_at timestamptz NOT NULL,
            updated_at timestamptz NOT NULL
        );
        CREATE INDEX hold_reserved ON hold (account) WHERE state = 'reserved';
        CREATE INDEX hold_expiring ON hold (expires_at) WHERE state = 'reserved' AND expires_at IS NOT NULL;

        -- How far the audit has looked.
        CREATE TABLE ledger_audit (
            one boolean PRIMARY KEY DEFAULT true CHECK (one),
            audited_until timestamptz,
            faults integer NOT NULL DEFAULT 0
        );
        INSERT INTO ledger_audit DEFAULT VALUES;
        """
    )


def downgrade() -> None:
    """Takes the tables away."""
    op.execute("DROP TABLE account, transfer, hold, ledger_audit")
