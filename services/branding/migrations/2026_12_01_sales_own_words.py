"""Sales say what their event says, but for words of their own."""

from alembic import op

revision = "branding_0029"
down_revision = "branding_0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds which those are. Of sales of before: what their event says otherwise now, which somebody may have meant; of
    sales that a process of the version before opens: all of it.
    """
    op.execute(
        """
        ALTER TABLE ticket_sale ADD own_words text[] NOT NULL DEFAULT '{title_id,title_en,venue}';
        UPDATE ticket_sale SET own_words = array_remove(ARRAY[
                   CASE WHEN title_id <> said.name THEN 'title_id' END,
                   CASE WHEN title_en <> said.name_en THEN 'title_en' END,
                   CASE WHEN ticket_sale.venue <> said.venue THEN 'venue' END
               ], NULL)
          FROM (SELECT id, words ->> 'name' AS name, coalesce(words ->> 'venue', '') AS venue,
                       coalesce(nullif(words ->> 'name_en', ''), words ->> 'name') AS name_en
                  FROM (SELECT id, nullif(content, '')::jsonb AS words FROM city_event) AS written) AS said
         WHERE said.id = ticket_sale.event
        """
    )


def downgrade() -> None:
    """Forgets it: sales keep the words that they have."""
    op.execute("ALTER TABLE ticket_sale DROP own_words")
