"""What officers took is found by when they did; alarms that ended since nobody looks any more are found at all."""

from alembic import op

from services.kit.database import indexes

revision = "environment_0027"
down_revision = "environment_0026"
branch_labels = None
depends_on = None

WORDS = "(fate = 'taken' AND by <> '') OR (fate = 'rejected' AND step IN ('raise', 'update'))"
BEFORE = (
    "(fate = 'taken' AND step IN ('clear', 'cancel') AND by <> '')"
    " OR (fate = 'rejected' AND step IN ('raise', 'update'))"
)
# Rules of silence that went on, or came, when their gauge was silent already, and that listened to nobody since.
LISTEN = """
UPDATE silence SET last = now() FROM rule JOIN latest ON latest.datastream = rule.datastream
 WHERE rule.id = silence.rule AND silence.last IS NULL
"""
INDEXES = {
    "warning_proposal_words": f"warning_proposal (decided_at) WHERE {WORDS}",
    "alarm_unmeasured": "alarm (thing, ended_at) WHERE ending IN ('rule_paused', 'thing_retired')",
}


def upgrade() -> None:
    """Adds the column, lets rules listen, and makes indexes; by that of words the version before finds, too."""
    op.execute("ALTER TABLE warning ADD COLUMN IF NOT EXISTS unmeasured boolean NOT NULL DEFAULT false")
    op.execute(LISTEN)
    indexes.build(INDEXES)
    op.execute("DROP INDEX IF EXISTS warning_proposal_against")


def downgrade() -> None:
    """Makes the narrower one again."""
    indexes.build({"warning_proposal_against": f"warning_proposal (decided_at) WHERE {BEFORE}"})
    for name in INDEXES:
        op.execute(f"DROP INDEX IF EXISTS {name}")
    op.execute("ALTER TABLE warning DROP COLUMN IF EXISTS unmeasured")
