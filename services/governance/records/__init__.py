"""Records: a case with all that belongs to it, and the one way to save a change."""
