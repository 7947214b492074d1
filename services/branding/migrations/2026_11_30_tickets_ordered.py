"""Tickets of orders that were paid after their date was put off: they are given back as those that were paid before."""

from alembic import op

revision = "branding_0026"
down_revision = "branding_0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds when they were ordered, at once; the next fills it in, while which tickets are sold and let in."""
    op.execute("ALTER TABLE ticket ADD COLUMN ordered_at timestamptz")


def downgrade() -> None:
    """Forgets it."""
    op.execute("ALTER TABLE ticket DROP COLUMN ordered_at")
