"""Filing: a new complaint."""
