"""Rolling sums: what the folded counters of the last week and ninety days add up to, kept as they are folded.

The triggers work for whoever folds, the version before included. Without a row in ``rolling`` nothing is kept yet: the
timer that makes the row fills in what is there, and until then readers add up all days as before.
"""

from alembic import op

revision = "governance_0005"
down_revision = "governance_0004"
branch_labels = None
depends_on = None

_TABLES = (
    ("activity", "area", ("filed", "resolved")),
    ("punctuality", "agency", ("resolved", "on_time", "rated", "stars")),
)


def upgrade() -> None:
    """Makes the tables and triggers."""
    op.execute(
        """
        -- The day (UTC) that the rolling sums of a counter begin with.
        CREATE TABLE rolling (name text PRIMARY KEY, first date NOT NULL);
        """
    )
    for table, part, sums in _TABLES:
        columns = ", ".join(f"{name} integer NOT NULL DEFAULT 0" for name in sums)
        added = ", ".join(f"NEW.{name} - coalesce(OLD.{name}, 0)" for name in sums)
        changed = ", ".join(f"{name} = known.{name} + excluded.{name}" for name in sums)
        op.execute(
            f"""
            CREATE TABLE {table}_rolling ({part} text PRIMARY KEY, {columns}) WITH (fillfactor = 50);
            CREATE FUNCTION roll_{table}() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                IF NEW.day >= (SELECT first FROM governance.rolling WHERE name = '{table}') THEN
                    INSERT INTO governance.{table}_rolling AS known ({part}, {", ".join(sums)})
                    VALUES (NEW.{part}, {added}) ON CONFLICT ({part}) DO UPDATE SET {changed};
                END IF;
                RETURN NULL;
            END $$;
            CREATE TRIGGER {table}_folded AFTER INSERT OR UPDATE ON {table}
                FOR EACH ROW WHEN (NOT NEW.fresh) EXECUTE FUNCTION roll_{table}();
            """  # noqa: S608 - names of ours
        )


def downgrade() -> None:
    """Drops them."""
    for table, _, _ in _TABLES:
        op.execute(f"DROP TRIGGER {table}_folded ON {table}; DROP FUNCTION roll_{table}(); DROP TABLE {table}_rolling")
    op.execute("DROP TABLE rolling")
