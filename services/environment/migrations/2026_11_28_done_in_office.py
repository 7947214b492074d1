"""What staff did is found by their login, for their own data."""

from alembic import op

from services.kit.database import indexes

revision = "environment_0024"
down_revision = "environment_0023"
branch_labels = None
depends_on = None

INDEXES = indexes.of_logins(
    ("pump_command", "by", "created_at"),
    ("rule_version", "by", "created_at"),
    ("correction", "by", "created_at"),
    ("warning_proposal", "by", "created_at"),
    ("warning_proposal", "decided_by", "created_at"),
)


def upgrade() -> None:
    """Makes the indexes."""
    indexes.build(INDEXES)


def downgrade() -> None:
    """Takes them away."""
    for name in INDEXES:
        op.execute(f"DROP INDEX {name}")
