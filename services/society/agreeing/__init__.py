"""Agreeing: giving consent and withdrawing it, and telling those who rely on it."""
