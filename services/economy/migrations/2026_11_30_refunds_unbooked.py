"""Refunds that the ledger refused and that stayed written as done are failed: they can be asked for again."""

from alembic import op

revision = "economy_0021"
down_revision = "economy_0020"
branch_labels = None
depends_on = None

# A refund that a pillar asked for was written before the ledger was asked, and its refusal was answered without taking
# that back. What was really given back is in the journal, under the identifier that ``ledger.model.derived`` makes.
FAIL = """
WITH given AS (
    SELECT id, substring(uuid_send(id) FROM 1 FOR 6)
               || substring(sha256(uuid_send(id) || convert_to('refund', 'UTF8')) FROM 1 FOR 10) AS name
      FROM refund WHERE requester <> '' AND state = 'done' AND way IN ('wallet', 'cash')
), booked AS (
    SELECT id, encode(
        set_byte(set_byte(name, 6, 128 | (get_byte(name, 6) & 15)), 8, 128 | (get_byte(name, 8) & 63)), 'hex'
    )::uuid AS transfer FROM given
)
UPDATE refund SET state = 'failed', refusal = 'The ledger refused it.', version = version + 1, updated_at = now()
  FROM booked
 WHERE refund.id = booked.id AND NOT EXISTS (SELECT FROM transfer WHERE transfer.id = booked.transfer)
"""


def upgrade() -> None:
    """Lets them be asked for again."""
    op.execute(FAIL)


def downgrade() -> None:
    """What was not given back stays so."""
