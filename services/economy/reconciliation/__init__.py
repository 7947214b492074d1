"""The bank's report against our books."""
