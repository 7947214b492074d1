"""Proposals that were over before they were published stay their author's and the agency's."""

from alembic import op

revision = "society_0019"
down_revision = "society_0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Makes the column, and says it of those that were."""
    op.execute(
        """
        ALTER TABLE proposal ADD never_shown boolean NOT NULL DEFAULT false;
        UPDATE proposal AS one SET never_shown = true
         WHERE state IN ('withdrawn', 'merged')
           AND NOT EXISTS (SELECT FROM proposal_step WHERE proposal = one.id AND kind = 'published');
        """
    )


def downgrade() -> None:
    """Takes it away."""
    op.execute("ALTER TABLE proposal DROP never_shown")
