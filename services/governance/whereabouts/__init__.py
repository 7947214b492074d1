"""Where units are, as their phones tell it: many positions in one commit."""
