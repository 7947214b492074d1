"""Money of drills has accounts of its own, and what drills moved on real ones goes back."""

from alembic import op

revision = "economy_0011"
down_revision = "economy_0010"
branch_labels = None
depends_on = None

# Each pair of accounts between which drills moved more one way than the other: the difference goes back, once, by an
# entry that says so. Payments of such drills can no longer be given back; nothing real was paid.
BACK = """
DO $$
DECLARE
    pair record;
    giver account;
    taker account;
BEGIN
    FOR pair IN
        SELECT one, other, currency, sum(net)::bigint AS net
          FROM (SELECT least(debit, credit) AS one, greatest(debit, credit) AS other, currency,
                       CASE WHEN debit < credit THEN amount ELSE -amount END AS net
                  FROM transfer WHERE exercise) AS moved
         GROUP BY one, other, currency HAVING sum(net) <> 0
    LOOP
        UPDATE account SET balance = balance - abs(pair.net), entries = entries + 1
         WHERE id = CASE WHEN pair.net > 0 THEN pair.other ELSE pair.one END RETURNING * INTO giver;
        UPDATE account SET balance = balance + abs(pair.net), entries = entries + 1
         WHERE id = CASE WHEN pair.net > 0 THEN pair.one ELSE pair.other END RETURNING * INTO taker;
        INSERT INTO transfer (id, kind, debit, credit, amount, currency, debit_number, debit_balance, credit_number,
                              credit_balance, reference, exercise, posted_at)
        VALUES (gen_random_uuid(), 'drill-back', giver.id, taker.id, abs(pair.net), pair.currency, giver.entries,
                giver.balance, taker.entries, taker.balance, '', true, now());
    END LOOP;
END $$;
"""

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
    """Marks accounts of drills, gives back what drills moved, and lets nothing pass between the two from now on."""
    op.execute("ALTER TABLE account ADD COLUMN exercise boolean NOT NULL DEFAULT false")
    op.execute(BACK)
    op.execute(CHECK.format(same="AND a.exercise = added.exercise"))


def downgrade() -> None:
    """Takes the mark away; accounts of drills stay, since the ledger is only ever added to."""
    op.execute(CHECK.format(same=""))
    op.execute("ALTER TABLE account DROP COLUMN exercise")
