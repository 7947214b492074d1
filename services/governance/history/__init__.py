"""History: the hash chain of what happened to a case."""
