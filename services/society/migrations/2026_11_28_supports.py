"""What somebody supports is found by who they are: for their page of it, and for their own data."""

from alembic import op

revision = "society_0016"
down_revision = "society_0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Makes column, index and table. A support from before is found once it is given again, which adds none, or once
    its person asks for their own data."""
    op.execute(
        """
        ALTER TABLE proposal_supporter ADD COLUMN person bytea;
        CREATE INDEX proposal_supporter_person ON proposal_supporter (person, id) WHERE person IS NOT NULL;
        CREATE TABLE support_seen (
            person bytea PRIMARY KEY,
            at timestamptz NOT NULL
        );
        """
    )


def downgrade() -> None:
    """Takes them away."""
    op.execute("DROP TABLE support_seen; ALTER TABLE proposal_supporter DROP COLUMN person")
