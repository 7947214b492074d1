"""What was done before it said to which business is told of it, as far as that is certain."""

from alembic import op

revision = "economy_0039"
down_revision = "economy_0038"
branch_labels = None
depends_on = None

# Money in suspense may have been proposed, and sent back in vain, several times: where it lies or goes now is what was
# proposed and approved last, and nothing is known of the times before.
FILL = """
UPDATE act SET merchant = one.id FROM merchant AS one
 WHERE act.merchant IS NULL AND act.about = one.id::text
   AND act.what IN ('merchant_activated', 'merchant_suspended', 'payout_account_changed', 'payout_account_refused',
                    'payout_account_read');
UPDATE act SET merchant = one.merchant FROM batch AS one
 WHERE act.merchant IS NULL AND act.what = 'payout_confirmed' AND act.about = one.id::text;
UPDATE act SET merchant = one.target, to_payer = one.back
  FROM (SELECT DISTINCT ON (what, about) id, what, about FROM act
         WHERE what IN ('release_proposed', 'release_approved') ORDER BY what, about, at DESC, id DESC) AS last
  JOIN suspense AS one ON one.provider_reference = last.about
 WHERE act.id = last.id AND act.merchant IS NULL
   AND (one.state = 'released'
        OR one.state = 'proposed' AND (last.what = 'release_proposed' OR one.approved_by <> ''));
"""


def upgrade() -> None:
    """Fills it in."""
    op.execute(FILL)


def downgrade() -> None:
    """It stays."""
