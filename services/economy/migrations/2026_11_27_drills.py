"""Money of drills has accounts of its own; what drills moved on real ones goes back, as far as it is still there."""

import structlog
from alembic import op

revision = "economy_0011"
down_revision = "economy_0010"
branch_labels = None
depends_on = None

_log = structlog.get_logger()

# Refunds of drills that wait are refused: what would be given back is taken back here, and what they reserve is in its
# way. Payments before refunds, and both before accounts, as everywhere.
REFUNDS = """
CREATE TEMP TABLE drill_refund ON COMMIT DROP AS
SELECT refund.id, refund.payment, refund.hold FROM refund JOIN payment ON payment.id = refund.payment
 WHERE refund.state IN ('requested', 'processing') AND payment.exercise;
UPDATE payment SET version = version + 1, updated_at = now() WHERE id IN (SELECT payment FROM drill_refund);
UPDATE refund SET version = version + 1, updated_at = now(), state = 'rejected',
       refusal = 'Uang latihan sudah ditarik kembali. / What the drill paid was taken back.'
 WHERE id IN (SELECT id FROM drill_refund) AND state IN ('requested', 'processing');
"""

# The journal is read beside its writes, but for what a transaction can still add to: that is left to be read when
# nobody else posts any more, by the index of its time.
MOVED = """
CREATE TEMP TABLE drill_moved ON COMMIT DROP AS
SELECT debit, credit, currency, sum(amount) AS amount
  FROM transfer WHERE exercise AND posted_at < now() - interval '1 hour' GROUP BY debit, credit, currency;
"""

# Each pair of accounts between which drills moved more one way than the other: the difference goes back by entries that
# say so, as far as the account that has it can spare it; to wallets first, which are people's. Who gives may have to
# get before, so it goes round until nothing moves any more. What is left then was spent: real refunds gave it away.
# Payments of such drills can no longer be given back; nothing real was paid.
BACK = """
CREATE TEMP TABLE drill_left ON COMMIT DROP AS
SELECT CASE WHEN net > 0 THEN other ELSE one END AS has, CASE WHEN net > 0 THEN one ELSE other END AS lacks,
       currency, abs(net)::bigint AS amount
  FROM (SELECT least(debit, credit) AS one, greatest(debit, credit) AS other, currency,
               sum(CASE WHEN debit < credit THEN amount ELSE -amount END) AS net
          FROM (SELECT debit, credit, currency, amount FROM drill_moved
                UNION ALL
                SELECT debit, credit, currency, amount
                  FROM transfer WHERE exercise AND posted_at >= now() - interval '1 hour') AS moved
         GROUP BY 1, 2, 3) AS pair
 WHERE net <> 0;

WITH freed AS (
    UPDATE hold SET state = 'released', updated_at = now()
     WHERE state = 'reserved' AND id IN (SELECT drill_refund.hold FROM drill_refund) RETURNING account, amount
)
UPDATE account SET held = held - sums.amount
  FROM (SELECT account AS id, sum(amount)::bigint AS amount FROM freed GROUP BY account) AS sums
 WHERE account.id = sums.id;

DO $$
DECLARE
    pair record;
    giver account;
    taker account;
    part bigint;
    went boolean := true;
BEGIN
    WHILE went LOOP
        went := false;
        FOR pair IN
            SELECT drill_left.* FROM drill_left JOIN account ON account.id = lacks
             WHERE amount > 0 ORDER BY account.kind <> 'wallet', has, lacks
        LOOP
            SELECT * INTO STRICT giver FROM account WHERE id = pair.has;
            part := CASE WHEN giver.overdraft THEN pair.amount ELSE least(pair.amount, giver.balance - giver.held) END;
            CONTINUE WHEN part <= 0;
            UPDATE account SET balance = balance - part, entries = entries + 1 WHERE id = pair.has
            RETURNING * INTO giver;
            UPDATE account SET balance = balance + part, entries = entries + 1 WHERE id = pair.lacks
            RETURNING * INTO taker;
            INSERT INTO transfer (id, kind, debit, credit, amount, currency, debit_number, debit_balance, credit_number,
                                  credit_balance, reference, exercise, posted_at)
            VALUES (gen_random_uuid(), 'drill-back', giver.id, taker.id, part, pair.currency, giver.entries,
                    giver.balance, taker.entries, taker.balance, '', true, now());
            UPDATE drill_left SET amount = amount - part
             WHERE (has, lacks, currency) = (pair.has, pair.lacks, pair.currency);
            went := true;
        END LOOP;
    END LOOP;
END $$;
"""

LEFT = "SELECT has::text, lacks::text, amount, currency FROM drill_left WHERE amount > 0 ORDER BY has, lacks"

CHECK = """
CREATE OR REPLACE FUNCTION check_transfer() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    wrong uuid;
BEGIN
    SELECT id INTO wrong FROM added
     WHERE NOT EXISTS (SELECT FROM economy.account a WHERE a.id = added.debit AND a.currency = added.currency
                          AND a.entries >= added.debit_number {same})
        OR NOT EXISTS (SELECT FROM economy.account a WHERE a.id = added.credit AND a.currency = added.currency
                          AND a.entries >= added.credit_number {same})
        OR EXISTS (SELECT FROM economy.transfer t WHERE t.credit = added.debit AND t.credit_number = added.debit_number)
        OR EXISTS (SELECT FROM economy.transfer t WHERE t.debit = added.credit AND t.debit_number = added.credit_number)
     LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'transfer % does not follow on from the entries of its accounts', wrong
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'transfer_follows';
    END IF;
    RETURN NULL;
END $$;
"""


def upgrade() -> None:
    """Marks accounts of drills, gives back what drills moved, and lets nothing pass between the two from now on.

    What could not be given back is told in the log; docs/operate.md says how it is found later.
    """
    op.execute(REFUNDS)
    op.execute(MOVED)
    op.execute("ALTER TABLE account ADD COLUMN exercise boolean NOT NULL DEFAULT false")
    op.execute(BACK)
    for has, lacks, amount, currency in op.get_bind().exec_driver_sql(LEFT):
        _log.warning("drill money left", has=has, lacks=lacks, amount=amount, currency=currency)
    op.execute(CHECK.format(same="AND a.exercise = added.exercise"))


def downgrade() -> None:
    """Takes the mark away; accounts of drills stay, since the ledger is only ever added to."""
    op.execute(CHECK.format(same=""))
    op.execute("ALTER TABLE account DROP COLUMN exercise")
