"""Networks from which places in waiting rooms are taken without a login."""

from alembic import op

revision = "branding_0020"
down_revision = "branding_0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds its keyed digest: places of before have none, and are counted with nobody."""
    op.execute("ALTER TABLE waiting_place ADD COLUMN network bytea")


def downgrade() -> None:
    """Forgets it."""
    op.execute("ALTER TABLE waiting_place DROP COLUMN network")
