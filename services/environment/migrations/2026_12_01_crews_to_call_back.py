"""Whether a crew is out for a job that ended otherwise, until somebody says that it was called back."""

from alembic import op

from services.kit.database import indexes

revision = "environment_0033"
down_revision = "environment_0032"
branch_labels = None
depends_on = None

_ORDER = "(int4(live)), (coalesce(due_at, 'infinity'::timestamptz)), id"
INDEXES = {
    "cleanup_here": f"cleanup ({_ORDER}) WHERE (live OR recall)",
    "cleanup_here_agency": f"cleanup (agency, {_ORDER}) WHERE (live OR recall)",
}


def upgrade() -> None:
    """Makes column and indexes."""
    op.execute("ALTER TABLE cleanup ADD COLUMN IF NOT EXISTS recall boolean NOT NULL DEFAULT false")
    indexes.build(INDEXES)


def downgrade() -> None:
    """Takes them away."""
    for name in INDEXES:
        op.execute(f"DROP INDEX IF EXISTS {name}")
    op.execute("ALTER TABLE cleanup DROP COLUMN IF EXISTS recall")
