"""Rules: when what a datastream measures is an alarm."""
