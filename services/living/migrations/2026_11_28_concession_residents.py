"""Who is verified to live in the city, as officers see it who decide on concessions."""

from alembic import op

revision = "living_0010"
down_revision = "living_0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Makes the table."""
    op.execute("CREATE TABLE concession_resident (subject text PRIMARY KEY, confirmed_at timestamptz NOT NULL)")


def downgrade() -> None:
    """Takes it away."""
    op.execute("DROP TABLE concession_resident")
