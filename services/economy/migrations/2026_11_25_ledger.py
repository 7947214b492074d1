"""The ledger: accounts, transfers, holds."""

from alembic import op

revision = "economy_0001"
down_revision = None
branch_labels = ("economy",)
depends_on = None


TABLES = """
CREATE TABLE account (
    id uuid PRIMARY KEY,
    kind text NOT NULL CHECK (kind IN
        ('wallet', 'merchant', 'treasury', 'fees', 'clearing', 'cash', 'suspense', 'payouts')),
    owner text NOT NULL DEFAULT '',
    currency text NOT NULL,
    overdraft boolean NOT NULL DEFAULT false,
    most bigint,
    status text NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'frozen', 'closed')),
    version integer NOT NULL DEFAULT 1,
    balance bigint NOT NULL DEFAULT 0,
    held bigint NOT NULL DEFAULT 0 CHECK (held >= 0),
    entries bigint NOT NULL DEFAULT 0,
    created_at timestamptz NOT NULL,
    CONSTRAINT no_overdraft CHECK (overdraft OR balance >= held)
) WITH (fillfactor = 70);
CREATE INDEX account_list ON account (created_at, id);

-- The journal. A transfer has both its sides in one row, so it is zero-sum by its shape; each side carries its
-- number in its account and the balance after it, so that account and journal cannot drift apart unnoticed.
CREATE TABLE transfer (
    id uuid PRIMARY KEY,
    kind text NOT NULL,
    debit uuid NOT NULL,
    credit uuid NOT NULL CHECK (credit <> debit),
    amount bigint NOT NULL CHECK (amount > 0),
    currency text NOT NULL,
    debit_number bigint NOT NULL CHECK (debit_number > 0),
    debit_balance bigint NOT NULL,
    credit_number bigint NOT NULL CHECK (credit_number > 0),
    credit_balance bigint NOT NULL,
    reference text NOT NULL DEFAULT '',
    exercise boolean NOT NULL DEFAULT false,
    posted_at timestamptz NOT NULL
);
CREATE UNIQUE INDEX transfer_debit ON transfer (debit, debit_number);
CREATE UNIQUE INDEX transfer_credit ON transfer (credit, credit_number);
CREATE INDEX transfer_posted ON transfer USING brin (posted_at);

CREATE TABLE hold (
    id uuid PRIMARY KEY,
    account uuid NOT NULL,
    amount bigint NOT NULL CHECK (amount > 0),
    state text NOT NULL CHECK (state IN ('reserved', 'captured', 'released', 'expired')),
    reference text NOT NULL DEFAULT '',
    expires_at timestamptz,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);
CREATE INDEX hold_reserved ON hold (account) WHERE state = 'reserved';
CREATE INDEX hold_expiring ON hold (expires_at) WHERE state = 'reserved' AND expires_at IS NOT NULL;

-- How far the audit has looked: at the journal by time, at the accounts by identifier.
CREATE TABLE ledger_audit (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    audited_until timestamptz,
    swept_to uuid
);
-- What it found, and what of it was mended since.
CREATE TABLE ledger_fault (
    reason text NOT NULL,
    place text NOT NULL,
    found_at timestamptz NOT NULL,
    mended_at timestamptz,
    times integer NOT NULL DEFAULT 1,
    PRIMARY KEY (reason, place)
);
"""

# The pillar writes the journal once, and of accounts and holds only what moves.
PRIVILEGES = """
REVOKE UPDATE, DELETE, TRUNCATE ON transfer, account, hold FROM economy;
GRANT UPDATE (most, status, version, balance, held, entries) ON account TO economy;
GRANT UPDATE (state, updated_at) ON hold TO economy;
"""

# What no statement gets past, whoever sends it: looked at when the transaction commits, by index only. Whoever writes
# with `post` never meets it. Together they hold each account to entries 1 to `entries`, one of each number, each with
# the balance that follows from the one before, the last with the account's own: every change of an account must be
# borne out by exactly the entries that it adds, and every entry must be one that a change of its account has counted
# and no other entry has the number of.
CHECKS = """
CREATE FUNCTION check_transfer() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM economy.account WHERE id = NEW.debit AND currency = NEW.currency
                      AND entries >= NEW.debit_number)
       OR NOT EXISTS (SELECT FROM economy.account WHERE id = NEW.credit AND currency = NEW.currency
                         AND entries >= NEW.credit_number)
       OR EXISTS (SELECT FROM economy.transfer WHERE credit = NEW.debit AND credit_number = NEW.debit_number)
       OR EXISTS (SELECT FROM economy.transfer WHERE debit = NEW.credit AND debit_number = NEW.credit_number)
    THEN
        RAISE EXCEPTION 'transfer % does not follow on from the entries of its accounts', NEW.id
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'transfer_follows';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER transfer_follows AFTER INSERT ON transfer
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION check_transfer();

CREATE FUNCTION check_account() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    follows boolean;
BEGIN
    IF NEW.entries = OLD.entries + 1 THEN
        follows := EXISTS (SELECT FROM economy.transfer WHERE debit = NEW.id AND debit_number = NEW.entries
                              AND debit_balance = NEW.balance AND amount = OLD.balance - NEW.balance)
                OR EXISTS (SELECT FROM economy.transfer WHERE credit = NEW.id AND credit_number = NEW.entries
                              AND credit_balance = NEW.balance AND amount = NEW.balance - OLD.balance);
    ELSE
        SELECT count(*) = NEW.entries - OLD.entries AND bool_and(number = place AND balance = before + change)
               AND max(balance) FILTER (WHERE number = NEW.entries) = NEW.balance
          INTO follows
          FROM (SELECT number, balance, change, OLD.entries + row_number() OVER in_order AS place,
                       lag(balance, 1, OLD.balance) OVER in_order AS before
                  FROM (SELECT debit_number AS number, debit_balance AS balance, -amount AS change
                          FROM economy.transfer
                         WHERE debit = NEW.id AND debit_number > OLD.entries AND debit_number <= NEW.entries
                        UNION ALL
                        SELECT credit_number, credit_balance, amount
                          FROM economy.transfer
                         WHERE credit = NEW.id AND credit_number > OLD.entries AND credit_number <= NEW.entries) AS side
                WINDOW in_order AS (ORDER BY number)) AS line;
    END IF;
    IF follows IS NOT TRUE THEN
        RAISE EXCEPTION 'account % differs from its journal', NEW.id
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'account_is_its_journal';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER account_opens AFTER INSERT ON account
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (NEW.balance <> 0 OR NEW.entries <> 0) EXECUTE FUNCTION check_account();
CREATE CONSTRAINT TRIGGER account_is_its_journal AFTER UPDATE OF balance, entries ON account
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (NEW.balance <> OLD.balance OR NEW.entries <> OLD.entries) EXECUTE FUNCTION check_account();

CREATE FUNCTION check_held() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    wanted uuid;
BEGIN
    IF TG_TABLE_NAME = 'hold' THEN wanted := NEW.account; ELSE wanted := NEW.id; END IF;
    IF (SELECT held FROM economy.account WHERE id = wanted) IS DISTINCT FROM
       (SELECT coalesce(sum(amount), 0) FROM economy.hold WHERE account = wanted AND state = 'reserved') THEN
        RAISE EXCEPTION 'account % differs from its holds', wanted
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'held_is_its_holds';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER account_opens_free AFTER INSERT ON account
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.held <> 0) EXECUTE FUNCTION check_held();
CREATE CONSTRAINT TRIGGER held_is_its_holds AFTER UPDATE OF held ON account
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.held <> OLD.held) EXECUTE FUNCTION check_held();
CREATE CONSTRAINT TRIGGER hold_is_held AFTER INSERT OR UPDATE ON hold
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION check_held();

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% of % is refused: the ledger is only ever added to', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = TG_NAME;
END $$;
CREATE TRIGGER transfer_stays BEFORE UPDATE OR DELETE ON transfer EXECUTE FUNCTION refuse_change();
CREATE TRIGGER account_stays BEFORE DELETE OR UPDATE OF id, currency ON account EXECUTE FUNCTION refuse_change();
CREATE TRIGGER hold_stays BEFORE DELETE OR UPDATE OF id, account, amount ON hold EXECUTE FUNCTION refuse_change();
"""


def upgrade() -> None:
    """Makes the tables, their privileges and their checks."""
    op.execute(TABLES)
    op.execute(PRIVILEGES)
    op.execute(CHECKS)


def downgrade() -> None:
    """Takes them away."""
    op.execute("DROP TABLE account, transfer, hold, ledger_audit, ledger_fault")
    op.execute("DROP FUNCTION check_transfer, check_account, check_held, refuse_change")
