"""Gates: who is let in, with a connection or without, and what should not have happened."""
