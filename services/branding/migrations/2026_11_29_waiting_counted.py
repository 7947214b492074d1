"""By what places in waiting rooms are counted with what their login or network has not paid."""

from alembic import op

revision = "branding_0020"
down_revision = "branding_0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds its keyed digest: places of before have none, and are counted with nobody."""
    op.execute("ALTER TABLE waiting_place ADD COLUMN counted_by bytea")


def downgrade() -> None:
    """Forgets it."""
    op.execute("ALTER TABLE waiting_place DROP COLUMN counted_by")
