"""Whether a device may come in has an edition of its own: rules, datastreams and places change far more often."""

from alembic import op

revision = "environment_0019"
down_revision = "environment_0018"
branch_labels = None
depends_on = None

EDITION = """
-- The registry's edition as of the last change of who may come in: a device's password, its revocation, its thing's
-- retirement.
ALTER TABLE registry ADD COLUMN devices bigint NOT NULL DEFAULT 0;
UPDATE registry SET devices = edition;
CREATE FUNCTION devices_changed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    made bigint := environment.registry_edition();
BEGIN
    UPDATE environment.registry SET devices = made WHERE devices < made;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER devices_changed AFTER INSERT OR UPDATE ON device DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION devices_changed();
CREATE CONSTRAINT TRIGGER devices_changed AFTER UPDATE ON thing DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (OLD.retired IS DISTINCT FROM NEW.retired) EXECUTE FUNCTION devices_changed();
"""
FORMER = """
DROP TRIGGER devices_changed ON device;
DROP TRIGGER devices_changed ON thing;
DROP FUNCTION devices_changed();
ALTER TABLE registry DROP COLUMN devices;
"""


def upgrade() -> None:
    """Adds the column and what makes it grow."""
    op.execute(EDITION)


def downgrade() -> None:
    """Takes them away."""
    op.execute(FORMER)
