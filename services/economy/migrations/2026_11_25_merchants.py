"""Merchants and their tills."""

from alembic import op

revision = "economy_0002"
down_revision = "economy_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Makes the tables."""
    op.execute(
        """
        CREATE TABLE merchant (
            id uuid PRIMARY KEY,
            version integer NOT NULL,
            kind text NOT NULL CHECK (kind IN ('business', 'counter')),
            state text NOT NULL CHECK (state IN ('applied', 'active', 'suspended', 'closed')),
            owner text NOT NULL DEFAULT '',
            agency text NOT NULL DEFAULT '',
            name text NOT NULL,
            mcc text NOT NULL,
            sector text NOT NULL,
            size text NOT NULL CHECK (size IN ('umi', 'uke', 'ume', 'ube')),
            area text NOT NULL,
            nmid text,
            pan text,
            bank text NOT NULL DEFAULT '',
            bank_number text NOT NULL DEFAULT '',
            account uuid NOT NULL REFERENCES account,
            reason text NOT NULL DEFAULT '',
            exercise boolean NOT NULL DEFAULT false,
            created_at timestamptz NOT NULL,
            updated_at timestamptz NOT NULL
        );
        CREATE UNIQUE INDEX merchant_nmid ON merchant (nmid) WHERE nmid IS NOT NULL;
        CREATE UNIQUE INDEX merchant_counter ON merchant (agency) WHERE kind = 'counter';
        CREATE INDEX merchant_owner ON merchant (owner) WHERE owner <> '';
        CREATE INDEX merchant_list ON merchant (created_at, id);

        CREATE TABLE terminal (
            merchant uuid NOT NULL REFERENCES merchant,
            label text NOT NULL,
            place text NOT NULL DEFAULT '',
            created_at timestamptz NOT NULL,
            PRIMARY KEY (merchant, label)
        );
        """
    )


def downgrade() -> None:
    """Takes the tables away."""
    op.execute("DROP TABLE terminal, merchant")
