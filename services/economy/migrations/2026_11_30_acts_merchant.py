"""What was done to a business, or to whom money in suspense was to go, says which business it was."""

from alembic import op

revision = "economy_0038"
down_revision = "economy_0037"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds the merchant, and fills it in where it is known still."""
    op.execute(
        """
        ALTER TABLE act ADD COLUMN merchant uuid;
        UPDATE act SET merchant = one.id FROM merchant AS one WHERE act.about = one.id::text;
        UPDATE act SET merchant = one.merchant FROM batch AS one
         WHERE act.what = 'payout_confirmed' AND act.about = one.id::text;
        UPDATE act SET merchant = one.target FROM suspense AS one
         WHERE act.what IN ('release_proposed', 'release_approved') AND act.about = one.provider_reference;
        """
    )


def downgrade() -> None:
    """Takes it away."""
    op.execute("ALTER TABLE act DROP COLUMN merchant")
