"""Another account that the takings of a business are paid out to."""

from alembic import op

revision = "economy_0033"
down_revision = "economy_0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Makes the table."""
    op.execute(
        """
        CREATE TABLE account_change (
            id uuid PRIMARY KEY,
            version integer NOT NULL,
            state text NOT NULL CHECK (state IN ('requested', 'approved', 'rejected', 'cancelled')),
            merchant uuid NOT NULL REFERENCES merchant,
            bank text NOT NULL,
            bank_number text NOT NULL,
            former_bank text NOT NULL,
            former_number text NOT NULL,
            refusal text NOT NULL DEFAULT '',
            created_at timestamptz NOT NULL,
            updated_at timestamptz NOT NULL
        );
        CREATE UNIQUE INDEX account_change_waiting ON account_change (merchant) WHERE state = 'requested';
        CREATE INDEX account_change_list ON account_change (state, created_at DESC, id DESC);
        CREATE INDEX account_change_merchant ON account_change (merchant, state, created_at DESC, id DESC);
        """
    )


def downgrade() -> None:
    """Takes it away."""
    op.execute("DROP TABLE account_change")
