"""Looks at the journal's new rows all at once: what many post in one statement is one check, not one for each."""

from alembic import op

revision = "economy_0008"
down_revision = "economy_0007"
branch_labels = None
depends_on = None

# It need not wait for the commit, since accounts only ever count up: what they have counted when the rows are added,
# they have counted for good.
AT_ONCE = """
DROP TRIGGER transfer_follows ON transfer;
CREATE OR REPLACE FUNCTION check_transfer() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    wrong uuid;
BEGIN
    SELECT id INTO wrong FROM added
     WHERE NOT EXISTS (SELECT FROM economy.account a WHERE a.id = added.debit AND a.currency = added.currency
                          AND a.entries >= added.debit_number)
        OR NOT EXISTS (SELECT FROM economy.account a WHERE a.id = added.credit AND a.currency = added.currency
                          AND a.entries >= added.credit_number)
        OR EXISTS (SELECT FROM economy.transfer t WHERE t.credit = added.debit AND t.credit_number = added.debit_number)
        OR EXISTS (SELECT FROM economy.transfer t WHERE t.debit = added.credit AND t.debit_number = added.credit_number)
     LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'transfer % does not follow on from the entries of its accounts', wrong
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'transfer_follows';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER transfer_follows AFTER INSERT ON transfer
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION check_transfer();
"""
EACH_AT_COMMIT = """
DROP TRIGGER transfer_follows ON transfer;
CREATE OR REPLACE FUNCTION check_transfer() RETURNS trigger LANGUAGE plpgsql AS $$
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
"""


def upgrade() -> None:
    """One check for all rows of a statement."""
    op.execute(AT_ONCE)


def downgrade() -> None:
    """One for each row, at the commit."""
    op.execute(EACH_AT_COMMIT)
