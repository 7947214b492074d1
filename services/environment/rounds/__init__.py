"""Rounds: which truck collects what on a day, planned in the background and ticked off by its crew."""
