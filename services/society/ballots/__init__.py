"""Ballots: what is voted on, by whom and until when; voting itself."""
