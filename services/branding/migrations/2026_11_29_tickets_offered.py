"""Tickets that were passed on and that nobody has taken over yet."""

from alembic import op

revision = "branding_0019"
down_revision = "branding_0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds whether; who has one that was passed on before has taken it over."""
    op.execute("ALTER TABLE ticket ADD COLUMN offered boolean NOT NULL DEFAULT false")


def downgrade() -> None:
    """Forgets it: what nobody has taken over yet, nobody has a key for."""
    op.execute("ALTER TABLE ticket DROP COLUMN offered")
