"""Who did what with money, day by day; only ever added to."""

from alembic import op

revision = "economy_0013"
down_revision = "economy_0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Makes the table."""
    op.execute(
        """
        CREATE TABLE act (
            id uuid PRIMARY KEY,
            day date NOT NULL,
            at timestamptz NOT NULL,
            what text NOT NULL,
            doer text NOT NULL,
            agency text NOT NULL,
            asker text NOT NULL DEFAULT '',
            about text NOT NULL DEFAULT '',
            currency text NOT NULL,
            amount bigint,
            exercise boolean NOT NULL DEFAULT false,
            CONSTRAINT second_person CHECK (asker <> doer OR what NOT IN ('refund_approved', 'release_approved'))
        );
        CREATE INDEX act_day ON act (day, at, id);
        REVOKE UPDATE, DELETE, TRUNCATE ON act FROM economy;
        """
    )


def downgrade() -> None:
    """Takes it away."""
    op.execute("DROP TABLE act")
