"""What was applied for before, and is undecided, waits no longer than for its last day."""

from alembic import op

revision = "economy_0040"
down_revision = "economy_0039"
branch_labels = None
depends_on = None

# At noon of UTC the day before has ended in every city: who wakes it then finds its days over, also a process of the
# version before, which takes what wakes sooner for due. What is open after a revocation is decided on however late.
WAKE = """
UPDATE permit SET wake_at = (last_day + interval '36 hours') AT TIME ZONE 'UTC'
 WHERE state IN ('checking', 'deciding', 'objected') AND before IS DISTINCT FROM 'revoked'
   AND wake_at > (last_day + interval '36 hours') AT TIME ZONE 'UTC'
"""


def upgrade() -> None:
    """Wakes it."""
    op.execute(WAKE)


def downgrade() -> None:
    """It stays so."""
