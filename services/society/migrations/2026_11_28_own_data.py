"""What somebody proposed and said is found by who they are, for their own data."""

from alembic import op

revision = "society_0009"
down_revision = "society_0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Makes the indexes."""
    op.execute(
        """
        CREATE INDEX proposal_author ON proposal (author, id) WHERE author IS NOT NULL;
        CREATE INDEX comment_author ON comment (author, id) WHERE author IS NOT NULL;
        """
    )


def downgrade() -> None:
    """Takes them away."""
    op.execute("DROP INDEX proposal_author, comment_author")
