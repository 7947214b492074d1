"""Whether a line of the history is a refusal: its case, once it is reopened, says nothing of that any more."""

from alembic import op

from services.kit.database import filling

revision = "governance_0025"
down_revision = "governance_0024"
branch_labels = None
depends_on = None

_GUARD = """
CREATE OR REPLACE FUNCTION entry_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE'
       AND (NEW.complaint_id, NEW.number, NEW.at, NEW.type, NEW."by", NEW.state, NEW.note_digest,
            NEW.previous_hash, NEW.hash, NEW.trace_id, NEW.public, NEW.photos{new})
           IS NOT DISTINCT FROM
           (OLD.complaint_id, OLD.number, OLD.at, OLD.type, OLD."by", OLD.state, OLD.note_digest,
            OLD.previous_hash, OLD.hash, OLD.trace_id, OLD.public, OLD.photos{old})
       AND ((NEW.note, NEW.salt) IS NOT DISTINCT FROM (OLD.note, OLD.salt)
            OR (NEW.note = '' AND NEW.salt = ''::bytea))
       AND (OLD.sealed_on IS NULL OR NEW.sealed_on IS NOT DISTINCT FROM OLD.sealed_on)
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'the history of a complaint only grows' USING ERRCODE = 'restrict_violation';
END $$;
"""


FILL = """
UPDATE entry SET refuses = true FROM complaint
 WHERE {slice} AND complaint.refusal AND complaint.id = complaint_id AND entry.at = complaint.resolved_at
   AND entry.type = 'smartcity.governance.v1.ComplaintResolved' AND NOT refuses
"""


def upgrade() -> None:
    """Adds the column, guarded as the others; the version before leaves it, and tells of refusals by their case.

    It is not named as the case's: the version before asks for that one's beside this table, without saying whose.
    """
    op.execute("ALTER TABLE entry ADD COLUMN IF NOT EXISTS refuses boolean NOT NULL DEFAULT false")
    filling.fill("complaint", FILL)
    op.execute(_GUARD.replace("{new}", ", NEW.refuses").replace("{old}", ", OLD.refuses"))


def downgrade() -> None:
    """Takes it away."""
    op.execute(_GUARD.replace("{new}", "").replace("{old}", ""))
    op.execute("ALTER TABLE entry DROP COLUMN refuses")
