"""What a feed that is imported says of itself, for who accepts it."""

from alembic import op

revision = "living_0015"
down_revision = "living_0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds it; of imports that were checked before it is not known."""
    op.execute(
        "ALTER TABLE feed_import ADD COLUMN publisher text NOT NULL DEFAULT '', "
        "ADD COLUMN feed_version text NOT NULL DEFAULT '', ADD COLUMN made_up boolean NOT NULL DEFAULT false"
    )


def downgrade() -> None:
    """Takes it away."""
    op.execute("ALTER TABLE feed_import DROP COLUMN publisher, DROP COLUMN feed_version, DROP COLUMN made_up")
