"""A case waits for its reporter until a day, and not for ever.

What waits already does so for two weeks more. Code of the version before goes on working: it does not know the column,
and a case that it puts to waiting waits as it did before.
"""

from alembic import op

from services.kit.database import filling

revision = "governance_0030"
down_revision = "governance_0029"
branch_labels = None
depends_on = None


WAITING = """
UPDATE complaint SET
    waiting_until = now() + interval '14 days', wake_at = least(wake_at, now() + interval '14 days')
WHERE {slice} AND state = 'waiting_for_reporter' AND waiting_until IS NULL
"""


def upgrade() -> None:
    """Adds the column, until when its reporter may answer, and gives those a day that have none."""
    op.execute("ALTER TABLE complaint ADD COLUMN IF NOT EXISTS waiting_until timestamptz")
    filling.fill("complaint", WAITING)


def downgrade() -> None:
    """Takes it away."""
    op.execute("ALTER TABLE complaint DROP COLUMN waiting_until")
