"""Booths: votes on paper, each booth counted by two people who find the same."""
