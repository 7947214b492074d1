"""What staff did is found by their login, for their own data."""

from alembic import op

from services.kit.database import indexes

revision = "governance_0014"
down_revision = "governance_0013"
branch_labels = None
depends_on = None

INDEXES = indexes.of_logins(
    ("contact_read", "reader", "at"),
    ("emergency_caller_read", "subject", "at"),
    ("redaction", "asker", "create_time"),
    ("redaction", "approver", "create_time"),
    ("shift_handover", "by", "created_at"),
    ("shift_handover", "accepted_by", "created_at"),
)


def upgrade() -> None:
    """Makes the indexes."""
    indexes.build(INDEXES)


def downgrade() -> None:
    """Takes them away."""
    for name in INDEXES:
        op.execute(f"DROP INDEX {name}")
