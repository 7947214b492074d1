"""Merchants that rest on a permit."""

from alembic import op

revision = "economy_0016"
down_revision = "economy_0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds which, and whether it holds."""
    op.execute(
        """
        ALTER TABLE merchant ADD COLUMN permit text NOT NULL DEFAULT '';
        ALTER TABLE merchant ADD COLUMN permit_ended boolean NOT NULL DEFAULT false;
        CREATE INDEX merchant_permit ON merchant (permit) WHERE permit <> '';
        """
    )


def downgrade() -> None:
    """Takes it away."""
    op.execute("ALTER TABLE merchant DROP COLUMN permit, DROP COLUMN permit_ended")
