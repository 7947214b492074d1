"""What staff did is found by their login, for their own data."""

from alembic import op

from services.kit.database import indexes

revision = "branding_0018"
down_revision = "branding_0017"
branch_labels = None
depends_on = None

INDEXES = indexes.of_logins(
    ("destination_photo", "by", "created_at"),
    ("destination_correction", "decided_by", "created_at"),
    ("advisory", "by", "created_at"),
    ("ticket_sale", "opened_by", "created_at"),
    ("ticket_gate", "opened_by", "created_at"),
    ("ticket_scan", "by", "at"),
)


def upgrade() -> None:
    """Makes the indexes."""
    indexes.build(INDEXES)


def downgrade() -> None:
    """Takes them away."""
    for name in INDEXES:
        op.execute(f"DROP INDEX {name}")
