"""A real feed, read here without any of the code that is tested by it."""
