"""Events know which agency's officer wrote what waits."""

from alembic import op

revision = "branding_0036"
down_revision = "branding_0035"
branch_labels = None
depends_on = None

# A pod of the version before writes in somebody's name and knows nothing of the column, which would go on naming the
# agency of who wrote before them. So it is emptied, unless the statement sets it: `UPDATE OF` tells that, which says so
# to the trigger after it by a mark. They come in the order of their names.
FORGOTTEN = """
CREATE FUNCTION mark_written_agency() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.written_agency := 'set:' || NEW.written_agency;
    RETURN NEW;
END $$;
CREATE TRIGGER written_agency_1_set BEFORE UPDATE OF written_agency ON city_event
    FOR EACH ROW EXECUTE FUNCTION mark_written_agency();
CREATE FUNCTION keep_written_agency() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.written_agency LIKE 'set:%' THEN
        NEW.written_agency := substr(NEW.written_agency, 5);
    ELSIF NEW.written_by <> OLD.written_by THEN
        NEW.written_agency := '';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER written_agency_2_kept BEFORE UPDATE ON city_event
    FOR EACH ROW EXECUTE FUNCTION keep_written_agency();
"""


def upgrade() -> None:
    """Adds it. Of what waits already it is not known: where that matters, the agency writes it once more."""
    op.execute("ALTER TABLE city_event ADD COLUMN written_agency text NOT NULL DEFAULT ''")
    op.execute(FORGOTTEN)


def downgrade() -> None:
    """Forgets it: the office publishes all that waits of an agency's events."""
    op.execute("DROP TRIGGER written_agency_1_set ON city_event; DROP FUNCTION mark_written_agency()")
    op.execute("DROP TRIGGER written_agency_2_kept ON city_event; DROP FUNCTION keep_written_agency()")
    op.execute("ALTER TABLE city_event DROP COLUMN written_agency")
