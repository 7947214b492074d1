"""What was paid for nothing, such as a fee that is not waited for, and what comes of giving it back."""

from alembic import op

revision = "economy_0020"
down_revision = "economy_0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Makes the table; what was asked back before is answered for all the same."""
    op.execute(
        """
        CREATE TABLE payment_return (
            id uuid PRIMARY KEY,
            version integer NOT NULL,
            state text NOT NULL CHECK (state IN ('asked', 'ready', 'refused', 'done')),
            request text NOT NULL UNIQUE,
            amount bigint NOT NULL CHECK (amount > 0),
            why text NOT NULL,
            correlation text NOT NULL,
            exercise boolean NOT NULL,
            attempt integer NOT NULL,
            reason text NOT NULL,
            created_at timestamptz NOT NULL,
            updated_at timestamptz NOT NULL,
            again_at timestamptz,
            CHECK ((state = 'refused') = (again_at IS NOT NULL))
        );
        CREATE INDEX payment_return_again ON payment_return (again_at) WHERE again_at IS NOT NULL;
        CREATE INDEX payment_return_open ON payment_return (created_at) WHERE state IN ('asked', 'refused')
        """
    )


def downgrade() -> None:
    """Drops it."""
    op.execute("DROP TABLE payment_return")
