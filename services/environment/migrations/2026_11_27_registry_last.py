"""The registry's edition grows as the last thing before the commit.

Its row is locked until then. Who had changed one row and went on to another used to hold it all the while, and wait for
whoever had locked that other row and now waited for the registry.
"""

from alembic import op

revision = "environment_0014"
down_revision = "environment_0013"
branch_labels = None
depends_on = None

LAST = """
DROP TRIGGER thing_changed ON thing;
DROP TRIGGER datastream_changed ON datastream;
DROP TRIGGER device_changed ON device;
DROP TRIGGER correction_changed ON correction;
DROP TRIGGER rule_changes ON rule;
DROP TRIGGER rule_corrected ON correction;
DROP FUNCTION rule_changes();
-- The edition that a transaction makes, one however much it changes.
CREATE FUNCTION registry_edition() RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    made bigint := nullif(current_setting('environment.edition', true), '')::bigint;
BEGIN
    IF made IS NULL THEN
        INSERT INTO environment.registry AS r (edition) VALUES (1)
            ON CONFLICT (one_row) DO UPDATE SET edition = r.edition + 1 RETURNING r.edition INTO made;
        PERFORM set_config('environment.edition', made::text, true);
    END IF;
    RETURN made;
END $$;
CREATE OR REPLACE FUNCTION registry_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM environment.registry_edition();
    RETURN NULL;
END $$;
CREATE FUNCTION rule_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE environment.rule SET edition = environment.registry_edition() WHERE id = NEW.id;
    RETURN NULL;
END $$;
-- A calibration changes what rules see, and is told as their change. They are locked at once, in the order of all.
CREATE FUNCTION rules_locked() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM environment.rule WHERE datastream = NEW.datastream ORDER BY id FOR NO KEY UPDATE;
    RETURN NULL;
END $$;
CREATE OR REPLACE FUNCTION rule_corrected() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    made bigint := environment.registry_edition();
BEGIN
    UPDATE environment.rule SET edition = made WHERE datastream = NEW.datastream;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER thing_changed AFTER INSERT OR UPDATE ON thing DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION registry_changed();
CREATE CONSTRAINT TRIGGER datastream_changed AFTER INSERT OR UPDATE ON datastream DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION registry_changed();
CREATE CONSTRAINT TRIGGER device_changed AFTER INSERT OR UPDATE ON device DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION registry_changed();
CREATE CONSTRAINT TRIGGER rule_changed AFTER INSERT OR UPDATE OF version ON rule DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION rule_changed();
CREATE TRIGGER rules_locked AFTER INSERT ON correction FOR EACH ROW EXECUTE FUNCTION rules_locked();
CREATE CONSTRAINT TRIGGER rule_corrected AFTER INSERT ON correction DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION rule_corrected();
"""
FORMER = """
DROP TRIGGER thing_changed ON thing;
DROP TRIGGER datastream_changed ON datastream;
DROP TRIGGER device_changed ON device;
DROP TRIGGER rule_changed ON rule;
DROP TRIGGER rules_locked ON correction;
DROP TRIGGER rule_corrected ON correction;
DROP FUNCTION rule_changed(), rules_locked(), registry_edition();
CREATE OR REPLACE FUNCTION registry_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO environment.registry (edition) VALUES (1)
        ON CONFLICT (one_row) DO UPDATE SET edition = registry.edition + 1;
    RETURN NULL;
END $$;
CREATE FUNCTION rule_changes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO environment.registry (edition) VALUES (1)
        ON CONFLICT (one_row) DO UPDATE SET edition = registry.edition + 1 RETURNING registry.edition INTO NEW.edition;
    RETURN NEW;
END $$;
CREATE OR REPLACE FUNCTION rule_corrected() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE environment.rule SET edition = 0 WHERE datastream = NEW.datastream;
    RETURN NULL;
END $$;
CREATE TRIGGER thing_changed AFTER INSERT OR UPDATE ON thing FOR EACH STATEMENT EXECUTE FUNCTION registry_changed();
CREATE TRIGGER datastream_changed AFTER INSERT OR UPDATE ON datastream
    FOR EACH STATEMENT EXECUTE FUNCTION registry_changed();
CREATE TRIGGER device_changed AFTER INSERT OR UPDATE ON device
    FOR EACH STATEMENT EXECUTE FUNCTION registry_changed();
CREATE TRIGGER correction_changed AFTER INSERT ON correction FOR EACH STATEMENT EXECUTE FUNCTION registry_changed();
CREATE TRIGGER rule_changes BEFORE INSERT OR UPDATE ON rule FOR EACH ROW EXECUTE FUNCTION rule_changes();
CREATE TRIGGER rule_corrected AFTER INSERT ON correction FOR EACH ROW EXECUTE FUNCTION rule_corrected();
"""


def upgrade() -> None:
    """Replaces the triggers."""
    op.execute(LAST)


def downgrade() -> None:
    """Brings the former ones back."""
    op.execute(FORMER)
