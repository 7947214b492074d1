"""Roster: who has answered a survey that is open to everybody, told apart and not known."""
