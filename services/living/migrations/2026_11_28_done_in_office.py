"""What staff did is found by their login, for their own data."""

from alembic import op

from services.kit.database import indexes

revision = "living_0018"
down_revision = "living_0017"
branch_labels = None
depends_on = None

INDEXES = indexes.of_logins(
    ("facility_correction", "decided_by", "created_at"),
    ("feed_import", "brought_by", "created_at"),
    ("feed_import", "accepted_by", "created_at"),
    ("feed_swap", "swapped_by", "swapped_at"),
    ("concession", "decided_by", "created_at"),
    ("ride", "taken_by", "tapped_at"),
    ("ride", "decided_by", "tapped_at"),
    ("service_alert_change", "by", "at"),
)


def upgrade() -> None:
    """Makes the indexes."""
    indexes.build(INDEXES)


def downgrade() -> None:
    """Takes them away."""
    for name in INDEXES:
        op.execute(f"DROP INDEX {name}")
