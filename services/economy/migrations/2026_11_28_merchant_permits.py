"""Merchants that rest on a permit."""

from alembic import op

from services.kit.database import indexes

revision = "economy_0016"
down_revision = "economy_0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds which, and whether it holds, where an attempt that was broken off has not, and the index."""
    op.execute(
        """
        ALTER TABLE merchant ADD IF NOT EXISTS permit text NOT NULL DEFAULT '',
            ADD IF NOT EXISTS permit_ended boolean NOT NULL DEFAULT false
        """
    )
    indexes.build({"merchant_permit": "merchant (permit) WHERE permit <> ''"})


def downgrade() -> None:
    """Takes it away."""
    op.execute("ALTER TABLE merchant DROP COLUMN permit, DROP COLUMN permit_ended")
