"""Permits that ended before while they were suspended are known to have: an officer had taken them away."""

from alembic import op

revision = "economy_0054"
down_revision = "economy_0053"
branch_labels = None
depends_on = None

# The last decision on each tells it: an objection that was dismissed left it suspended, as nothing else can end after.
# LIMIT, so that any plan looks each of them up.
FILL = """
UPDATE permit SET before = 'suspended' FROM permit AS one
 CROSS JOIN LATERAL (
    SELECT move FROM permit_step WHERE permit = one.id
       AND move IN ('grant', 'deem', 'pay', 'suspend', 'resume', 'revoke', 'uphold', 'dismiss')
     ORDER BY id DESC LIMIT 1) AS decision
 WHERE permit.id = one.id AND one.state = 'ended' AND one.before IS NULL AND decision.move IN ('suspend', 'dismiss')
"""


def upgrade() -> None:
    """Writes it down."""
    op.execute(FILL)


def downgrade() -> None:
    """It stays known."""
