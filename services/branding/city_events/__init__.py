"""City events: what is on, where, and on which dates."""
