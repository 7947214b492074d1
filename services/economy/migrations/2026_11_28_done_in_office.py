"""What staff did is found by their login, for their own data."""

from alembic import op

from services.kit.database import indexes

revision = "economy_0019"
down_revision = "economy_0018"
branch_labels = None
depends_on = None

INDEXES = indexes.of_logins(
    ("act", "doer", "at"),
    ("act", "asker", "at"),
    ("bill", "issued_by", "created_at"),
    ("permit_step", "by", "at"),
)


def upgrade() -> None:
    """Makes the indexes."""
    indexes.build(INDEXES)


def downgrade() -> None:
    """Takes them away."""
    for name in INDEXES:
        op.execute(f"DROP INDEX {name}")
