"""Cases of private categories that everybody can read are found by their category, for a timer that hides them; what
somebody joined is found by their login, for their own data.
"""

from alembic import op

from services.kit.database import indexes

revision = "governance_0018"
down_revision = "governance_0017"
branch_labels = None
depends_on = None

INDEXES = {
    "complaint_exposed": "complaint (category, id) WHERE NOT secret",
    "supporter_login": "supporter (subject, joined_at) WHERE NOT starts_with(subject, 'request:')",
}


def upgrade() -> None:
    """Makes the indexes."""
    indexes.build(INDEXES)


def downgrade() -> None:
    """Takes them away."""
    for name in INDEXES:
        op.execute(f"DROP INDEX {name}")
