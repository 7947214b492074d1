"""Counters and indexes that keep the cost of what is asked often the same, however much there is."""

from alembic import op

from services.kit.database import filling, indexes

revision = "economy_0009"
down_revision = "economy_0008"
branch_labels = None
depends_on = None

# Counted at the commit, in the transaction of the change. No transaction changes both merchants and money in suspense,
# and each change is of one counter or moves between two, the first by name first: nobody waits in a circle.
COUNTERS = """
DROP TABLE IF EXISTS tally, tally_there; -- what an attempt that was broken off left
CREATE TABLE tally (
    name text PRIMARY KEY, -- merchants: those that can be paid; suspense <reason>: payments that belong to nothing yet
    items bigint NOT NULL DEFAULT 0
) WITH (fillfactor = 50);
CREATE TABLE tally_there (name text NOT NULL, items bigint NOT NULL);

CREATE OR REPLACE FUNCTION count_item() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    before text := NULL;
    after text := NULL;
BEGIN
    IF TG_OP <> 'INSERT' AND NOT OLD.exercise THEN
        before := CASE WHEN TG_TABLE_NAME = 'merchant' AND OLD.state = 'active' THEN 'merchants'
                       WHEN TG_TABLE_NAME = 'suspense' AND OLD.state <> 'released'
                       THEN 'suspense ' || (to_jsonb(OLD) ->> 'reason') END;
    END IF;
    IF TG_OP <> 'DELETE' AND NOT NEW.exercise THEN
        after := CASE WHEN TG_TABLE_NAME = 'merchant' AND NEW.state = 'active' THEN 'merchants'
                      WHEN TG_TABLE_NAME = 'suspense' AND NEW.state <> 'released'
                      THEN 'suspense ' || (to_jsonb(NEW) ->> 'reason') END;
    END IF;
    IF before IS DISTINCT FROM after THEN
        INSERT INTO economy.tally AS known (name, items)
        SELECT * FROM (VALUES (before, -1), (after, 1)) AS change (name, items) WHERE name IS NOT NULL ORDER BY name
        ON CONFLICT (name) DO UPDATE SET items = known.items + excluded.items;
    END IF;
    RETURN NULL;
END $$;
-- There is no OR REPLACE for these, and to drop one keeps readers away.
DO $$ BEGIN
    IF NOT EXISTS (SELECT FROM pg_trigger WHERE tgrelid = 'merchant'::regclass AND tgname = 'merchant_counts') THEN
        CREATE CONSTRAINT TRIGGER merchant_counts AFTER INSERT OR UPDATE OR DELETE ON merchant
            DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION count_item();
    END IF;
    IF NOT EXISTS (SELECT FROM pg_trigger WHERE tgrelid = 'suspense'::regclass AND tgname = 'suspense_counts') THEN
        CREATE CONSTRAINT TRIGGER suspense_counts AFTER INSERT OR UPDATE OR DELETE ON suspense
            DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION count_item();
    END IF;
END $$;
"""

THERE = """
INSERT INTO tally_there (name, items)
SELECT 'merchants', count(*) FROM merchant WHERE state = 'active' AND NOT exercise
UNION ALL
SELECT 'suspense ' || reason, count(*) FROM suspense WHERE state <> 'released' AND NOT exercise GROUP BY reason;
"""
"""Counts what was there when the triggers were made, apart: a counter is one row, which others change meanwhile."""

JOIN = """
INSERT INTO tally AS known (name, items) SELECT name, items FROM tally_there ORDER BY name
ON CONFLICT (name) DO UPDATE SET items = known.items + excluded.items;
DROP TABLE tally_there;
"""

INDEXES = {
    # Lists: each state has the list's own order.
    "merchant_state": "merchant (state, created_at, id)",
    "merchant_agency": "merchant (agency) WHERE agency <> ''",
    "payment_state": "payment (merchant, state, created_at DESC, id DESC)",
    "refund_state": "refund (state, created_at DESC, id DESC)",
    "refund_merchant_state": "refund (merchant, state, created_at DESC, id DESC)",
    "suspense_state": "suspense (state, created_at DESC, id DESC)",
    "bill_state": "bill (state, due_at, id)",
    "bill_agency_state": "bill (agency, state, due_at, id)",
    "account_kind": "account (kind, created_at, id)",
    "batch_merchant": "batch (merchant, day DESC, id DESC)",
    "difference_day": "difference (day, created_at DESC, id DESC)",
    # Timers: what waits to be done.
    "payment_pending": "payment (id) WHERE state = 'pending'",
    "suspense_open": "suspense (created_at) WHERE state <> 'released' AND NOT exercise",
    "ledger_fault_open": "ledger_fault (found_at) WHERE mended_at IS NULL",
    # The audit looks at the newest transfers, which the index of block ranges before it does not hold yet.
    "transfer_posted": "transfer (posted_at)",
    # Comparing a day with the bank.
    "payment_day": "payment (captured_at) WHERE method IN ('qris_dynamic', 'qris_static')",
    "refund_day": "refund (updated_at) WHERE way = 'bank' AND state = 'done'",
    "refund_provider": "refund (provider_reference) WHERE provider_reference <> ''",
    "difference_provider": "difference (provider_reference) WHERE kind = 'only_bank'",
    "suspense_day": "suspense (updated_at) WHERE state = 'released' AND back",
}
OVERTAKEN = ("payment_merchant", "refund_list", "suspense_list", "bill_list", "bill_arrears")


def upgrade() -> None:
    """Makes the indexes beside writes, anew where it was broken off; last the counters, and counts what is there."""
    indexes.build(INDEXES)
    indexes.drop(*OVERTAKEN)
    filling.count("merchant, suspense", COUNTERS, THERE)
    op.execute(JOIN)


def downgrade() -> None:
    """Takes them away."""
    op.execute(
        """
        DROP INDEX merchant_state, merchant_agency, payment_state, refund_state, refund_merchant_state, suspense_state,
            bill_state, bill_agency_state, account_kind, batch_merchant, difference_day, payment_pending, suspense_open,
            ledger_fault_open, transfer_posted, payment_day, refund_day, difference_provider, refund_provider,
            suspense_day;
        CREATE INDEX payment_merchant ON payment (merchant, created_at DESC, id DESC);
        CREATE INDEX refund_list ON refund (created_at DESC, id DESC);
        CREATE INDEX suspense_list ON suspense (created_at DESC, id DESC);
        CREATE INDEX bill_arrears ON bill (agency, due_at, id) WHERE state = 'issued';
        CREATE INDEX bill_list ON bill (due_at, id);
        CREATE INDEX transfer_posted ON transfer USING brin (posted_at);
        DROP TRIGGER merchant_counts ON merchant;
        DROP TRIGGER suspense_counts ON suspense;
        DROP FUNCTION count_item();
        DROP TABLE tally;
        """
    )
