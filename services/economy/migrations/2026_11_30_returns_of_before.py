"""Fees that were paid for nothing before returns were written down, and are not back, are asked for again."""

from alembic import op

from services.kit.database import indexes

revision = "economy_0023"
down_revision = "economy_0022"
branch_labels = None
depends_on = None

# What ``permitting.reactions`` gives back: the permit does not wait for it, and has no paper (``Permit.shown``) or was
# paid by another payment. What was asked for and is under way is waited for; another attempt, under a reference that
# nobody has used, asks for what is not.
OWED = """
INSERT INTO payment_return (id, version, state, request, amount, why, correlation, exercise, attempt, reason,
                            created_at, updated_at, again_at)
SELECT gen_random_uuid(), 1, state, request, amount, 'Izin tidak lagi menunggu pembayaran ini', code, false, 1,
       CASE state WHEN 'refused' THEN 'REFUND_REJECTED' ELSE '' END, since, since,
       CASE state WHEN 'refused' THEN since END
  FROM (SELECT paid.request, paid.amount - paid.refunded AS amount, permit.code,
               coalesce(paid.captured_at, paid.updated_at) AS since, CASE
               WHEN refund.id IS NULL THEN 'refused' WHEN refund.way = 'cash' THEN 'ready' ELSE 'asked' END AS state
          FROM payment paid
          JOIN permit ON permit.code = split_part(paid.request, '/', 1)
          LEFT JOIN refund ON refund.requester = 'economy' AND refund.reference = paid.request || '/back'
                          AND refund.state IN ('requested', 'processing')
         WHERE paid.requester = 'economy' AND paid.purpose = 'permit' AND paid.state IN ('captured', 'partly_refunded')
           AND permit.state <> 'payable'
           AND (paid.request <> permit.code || '/' || permit.payments
                OR permit.first_day IS NULL OR permit.last_day IS NULL OR permit.decided_at IS NULL
                OR NOT (permit.state IN ('granted', 'deemed_granted', 'suspended', 'ended', 'revoked')
                        OR coalesce(permit.before IN ('suspended', 'revoked'), false)))) AS owed
ON CONFLICT DO NOTHING
"""


def upgrade() -> None:
    """Writes them down; what is asked back meanwhile in the way of before is asked for once, and stays so. What lies
    ready of a permit is found by its index.
    """
    op.execute(OWED)
    indexes.build({"payment_return_ready": "payment_return (correlation) WHERE state = 'ready'"})


def downgrade() -> None:
    """They stay written down."""
    op.execute("DROP INDEX payment_return_ready")
