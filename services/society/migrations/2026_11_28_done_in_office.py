"""What staff did is found by their login, for their own data."""

from alembic import op

from services.kit.database import indexes

revision = "society_0018"
down_revision = "society_0017"
branch_labels = None
depends_on = None

INDEXES = indexes.of_logins(
    ("booth_count", "counted_by", "created_at"),
    ("ballot", "cancel_asked_by", "created_at"),
    ("ballot", "cancelled_by", "created_at"),
    ("comment", "decided_by", "created_at"),
    ("course_change", "by", "at"),
    ("attendance_mark", "by", "at"),
    ("certificate", "issued_by", "issued_at"),
    ("certificate", "withdrawn_by", "issued_at"),
    ("process_step", "by", "at"),
    ("proposal_step", "by", "at"),
    ("resident", "decided_by", "created_at"),
)


def upgrade() -> None:
    """Makes the indexes."""
    indexes.build(INDEXES)


def downgrade() -> None:
    """Takes them away."""
    for name in INDEXES:
        op.execute(f"DROP INDEX {name}")
