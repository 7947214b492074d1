"""What officers lowered is found by when they did, as what they ended is."""

from alembic import op

from services.kit.database import indexes

revision = "environment_0027"
down_revision = "environment_0026"
branch_labels = None
depends_on = None

WORDS = (
    "(fate = 'taken' AND step IN ('update', 'clear', 'cancel') AND by <> '')"
    " OR (fate = 'rejected' AND step IN ('raise', 'update'))"
)
BEFORE = (
    "(fate = 'taken' AND step IN ('clear', 'cancel') AND by <> '')"
    " OR (fate = 'rejected' AND step IN ('raise', 'update'))"
)
INDEXES = {"warning_proposal_words": f"warning_proposal (decided_at) WHERE {WORDS}"}


def upgrade() -> None:
    """Makes the index, which the statements of the version before find what they ask for by, too."""
    indexes.build(INDEXES)
    op.execute("DROP INDEX IF EXISTS warning_proposal_against")


def downgrade() -> None:
    """Makes the narrower one again."""
    indexes.build({"warning_proposal_against": f"warning_proposal (decided_at) WHERE {BEFORE}"})
    for name in INDEXES:
        op.execute(f"DROP INDEX IF EXISTS {name}")
