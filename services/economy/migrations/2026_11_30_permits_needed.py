"""Desks list what was sent, first what is needed first: what is for days that begin before it is due, by the first of
those.
"""

from alembic import op

from services.kit.database import indexes

revision = "economy_0030"
down_revision = "economy_0029"
branch_labels = None
depends_on = None

NEEDED = (
    "(CASE WHEN due_at IS NULL THEN 'infinity'::timestamptz"
    " ELSE least(due_at, first_day::timestamp AT TIME ZONE 'UTC') END), id"
)
SENT = "WHERE submitted_at IS NOT NULL"
# The version before lists by its own, which stay.
LISTS = {
    "permit_needed": f"permit (state, {NEEDED}) {SENT}",
    "permit_needed_checker": f"permit (checker, state, {NEEDED}) {SENT}",
    "permit_needed_agency": f"permit (agency, state, {NEEDED}) {SENT}",
}


def upgrade() -> None:
    """Makes the indexes."""
    indexes.build(LISTS)


def downgrade() -> None:
    """Takes them away."""
    op.execute(f"DROP INDEX {', '.join(LISTS)}")
