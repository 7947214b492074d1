"""What each sale took, gave back and still owes, and how many tickets were sold in each hour."""

from alembic import op

revision = "branding_0009"
down_revision = "branding_0008"
branch_labels = None
depends_on = None

TABLES = """
CREATE INDEX ticket_sale_agency ON ticket_sale (agency, id);
CREATE INDEX ticket_sale_open ON ticket_sale (coalesce(ends_at, 'infinity')) WHERE state = 'open';
-- A sum is the sum of its rows: the triggers add some, a timer folds them.
CREATE TABLE ticket_takings (
    sale uuid NOT NULL,
    orders bigint NOT NULL DEFAULT 0,
    tickets bigint NOT NULL DEFAULT 0,
    taken_back bigint NOT NULL DEFAULT 0,
    captured bigint NOT NULL DEFAULT 0,
    owed bigint NOT NULL DEFAULT 0,
    refunded bigint NOT NULL DEFAULT 0,
    moved bigint NOT NULL DEFAULT 0,
    fresh boolean NOT NULL DEFAULT true
) WITH (fillfactor = 50);
CREATE UNIQUE INDEX ticket_takings_folded ON ticket_takings (sale) WHERE NOT fresh;
CREATE INDEX ticket_takings_fresh ON ticket_takings (sale) WHERE fresh;
CREATE INDEX ticket_takings_of ON ticket_takings (sale);
INSERT INTO ticket_takings (sale, orders, captured)
SELECT sale, count(*), sum(amount) FROM ticket_order WHERE state IN ('paid', 'returned') GROUP BY sale;
INSERT INTO ticket_takings (sale, tickets, taken_back)
SELECT sale, count(*), count(*) FILTER (WHERE state = 'cancelled') FROM ticket GROUP BY sale;
INSERT INTO ticket_takings (sale, moved)
SELECT sale, sum(price) FROM (
    SELECT ticket.sale, ticket.price FROM ticket JOIN ticket_order ON ticket_order.id = order_id
     WHERE ticket.sale <> ticket_order.sale
    UNION ALL SELECT ticket_order.sale, -ticket.price FROM ticket JOIN ticket_order ON ticket_order.id = order_id
     WHERE ticket.sale <> ticket_order.sale) AS changed GROUP BY sale;
INSERT INTO ticket_takings (sale, owed, refunded)
SELECT sale, sum(amount), coalesce(sum(amount) FILTER (WHERE state = 'done'), 0) FROM ticket_refund GROUP BY sale;
-- An hour is one in whatever zone: a city's day is some of them.
CREATE TABLE ticket_tally (
    hour timestamptz NOT NULL,
    tickets bigint NOT NULL DEFAULT 0,
    fresh boolean NOT NULL DEFAULT true
) WITH (fillfactor = 50);
CREATE UNIQUE INDEX ticket_tally_folded ON ticket_tally (hour) WHERE NOT fresh;
CREATE INDEX ticket_tally_fresh ON ticket_tally (hour) WHERE fresh;
CREATE INDEX ticket_tally_of ON ticket_tally (hour);
INSERT INTO ticket_tally (hour, tickets) SELECT date_trunc('hour', created_at), count(*) FROM ticket GROUP BY 1;

CREATE FUNCTION take_orders_added() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO branding.ticket_takings (sale, orders, captured)
    SELECT sale, count(*), sum(amount) FROM came WHERE state IN ('paid', 'returned') GROUP BY sale ORDER BY sale;
    RETURN NULL;
END $$;
CREATE TRIGGER order_taken AFTER INSERT ON ticket_order REFERENCING NEW TABLE AS came
    FOR EACH STATEMENT EXECUTE FUNCTION take_orders_added();
CREATE FUNCTION take_orders_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO branding.ticket_takings (sale, orders, captured)
    SELECT now.sale, count(*), sum(now.amount) FROM now JOIN was USING (id)
     WHERE now.state IN ('paid', 'returned') AND was.state NOT IN ('paid', 'returned')
     GROUP BY now.sale ORDER BY now.sale;
    RETURN NULL;
END $$;
CREATE TRIGGER order_captured AFTER UPDATE ON ticket_order REFERENCING OLD TABLE AS was NEW TABLE AS now
    FOR EACH STATEMENT EXECUTE FUNCTION take_orders_changed();
CREATE FUNCTION take_tickets_added() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO branding.ticket_takings (sale, tickets) SELECT sale, count(*) FROM came GROUP BY sale ORDER BY sale;
    INSERT INTO branding.ticket_tally (hour, tickets)
    SELECT date_trunc('hour', created_at), count(*) FROM came GROUP BY 1 ORDER BY 1;
    RETURN NULL;
END $$;
CREATE TRIGGER ticket_issued AFTER INSERT ON ticket REFERENCING NEW TABLE AS came
    FOR EACH STATEMENT EXECUTE FUNCTION take_tickets_added();
CREATE FUNCTION take_tickets_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO branding.ticket_takings (sale, tickets, taken_back, moved)
    SELECT sale, sum(tickets), sum(taken_back), sum(moved) FROM (
        SELECT now.sale, 0 AS tickets, 1 AS taken_back, 0 AS moved FROM now JOIN was USING (id)
         WHERE now.state = 'cancelled' AND was.state <> 'cancelled'
        UNION ALL SELECT now.sale, 1, 0, now.price FROM now JOIN was USING (id) WHERE now.sale <> was.sale
        UNION ALL SELECT was.sale, -1, 0, -now.price FROM now JOIN was USING (id) WHERE now.sale <> was.sale
    ) AS changed GROUP BY sale ORDER BY sale;
    RETURN NULL;
END $$;
CREATE TRIGGER ticket_changed AFTER UPDATE ON ticket REFERENCING OLD TABLE AS was NEW TABLE AS now
    FOR EACH STATEMENT EXECUTE FUNCTION take_tickets_changed();
CREATE FUNCTION take_refunds_added() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO branding.ticket_takings (sale, owed, refunded)
    SELECT sale, sum(amount), coalesce(sum(amount) FILTER (WHERE state = 'done'), 0)
      FROM came GROUP BY sale ORDER BY sale;
    RETURN NULL;
END $$;
CREATE TRIGGER refund_owed AFTER INSERT ON ticket_refund REFERENCING NEW TABLE AS came
    FOR EACH STATEMENT EXECUTE FUNCTION take_refunds_added();
CREATE FUNCTION take_refunds_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO branding.ticket_takings (sale, refunded)
    SELECT now.sale, sum(now.amount) FROM now JOIN was USING (id) WHERE now.state = 'done' AND was.state <> 'done'
     GROUP BY now.sale ORDER BY now.sale;
    RETURN NULL;
END $$;
CREATE TRIGGER refund_done AFTER UPDATE ON ticket_refund REFERENCING OLD TABLE AS was NEW TABLE AS now
    FOR EACH STATEMENT EXECUTE FUNCTION take_refunds_changed();
"""


def upgrade() -> None:
    """Makes the sums, of what there is and of what comes."""
    op.execute(TABLES)


def downgrade() -> None:
    """Drops them."""
    for table, trigger, function in (
        ("ticket_order", "order_taken", "take_orders_added"),
        ("ticket_order", "order_captured", "take_orders_changed"),
        ("ticket", "ticket_issued", "take_tickets_added"),
        ("ticket", "ticket_changed", "take_tickets_changed"),
        ("ticket_refund", "refund_owed", "take_refunds_added"),
        ("ticket_refund", "refund_done", "take_refunds_changed"),
    ):
        op.execute(f"DROP TRIGGER {trigger} ON {table}; DROP FUNCTION {function}()")
    op.execute("DROP TABLE ticket_takings, ticket_tally; DROP INDEX ticket_sale_agency, ticket_sale_open")
