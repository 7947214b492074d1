"""What all accounts add up to is kept, so that the audit need not add them up."""

from alembic import op

from services.kit.database import filling

revision = "economy_0012"
down_revision = "economy_0011"
branch_labels = None
depends_on = None

# A statement that posts changes both sides at once and so changes no total: then nothing is written, and nobody waits
# for anybody. Whatever else changes a balance leaves its trace here, also with ordinary triggers asleep, as in a repair
# by hand: this one always runs.
TOTALS = """
DROP TABLE IF EXISTS ledger_total, ledger_total_there; -- what an attempt that was broken off left
CREATE TABLE ledger_total (
    currency text NOT NULL,
    exercise boolean NOT NULL,
    total numeric NOT NULL,
    PRIMARY KEY (currency, exercise)
);
CREATE TABLE ledger_total_there (LIKE ledger_total);

CREATE OR REPLACE FUNCTION keep_total() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO economy.ledger_total AS known (currency, exercise, total)
        SELECT currency, exercise, sum(balance) FROM after GROUP BY 1, 2 HAVING sum(balance) <> 0 ORDER BY 1, 2
        ON CONFLICT (currency, exercise) DO UPDATE SET total = known.total + excluded.total;
    ELSE
        INSERT INTO economy.ledger_total AS known (currency, exercise, total)
        SELECT currency, exercise, sum(change)
          FROM (SELECT currency, exercise, balance AS change FROM after
                UNION ALL SELECT currency, exercise, -balance FROM before) AS moved
         GROUP BY 1, 2 HAVING sum(change) <> 0 ORDER BY 1, 2
        ON CONFLICT (currency, exercise) DO UPDATE SET total = known.total + excluded.total;
    END IF;
    RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER account_total_opens AFTER INSERT ON account
    REFERENCING NEW TABLE AS after FOR EACH STATEMENT EXECUTE FUNCTION keep_total();
CREATE OR REPLACE TRIGGER account_total_moves AFTER UPDATE ON account
    REFERENCING OLD TABLE AS before NEW TABLE AS after FOR EACH STATEMENT EXECUTE FUNCTION keep_total();
ALTER TABLE account ENABLE ALWAYS TRIGGER account_total_opens, ENABLE ALWAYS TRIGGER account_total_moves;
"""

THERE = """
INSERT INTO ledger_total_there
SELECT currency, exercise, sum(balance) FROM account GROUP BY 1, 2 HAVING sum(balance) <> 0;
"""
"""Adds up what was there when the triggers were made, apart: a total is one row, which others change meanwhile."""

JOIN = """
INSERT INTO ledger_total AS known SELECT * FROM ledger_total_there ORDER BY currency, exercise
ON CONFLICT (currency, exercise) DO UPDATE SET total = known.total + excluded.total;
DROP TABLE ledger_total_there;
"""


def upgrade() -> None:
    """Makes the totals, and what keeps them, and adds up what is there."""
    filling.count("account", TOTALS, THERE)
    op.execute(JOIN)


def downgrade() -> None:
    """Takes them away."""
    op.execute(
        """
        DROP TRIGGER account_total_opens ON account;
        DROP TRIGGER account_total_moves ON account;
        DROP FUNCTION keep_total();
        DROP TABLE ledger_total;
        """
    )
