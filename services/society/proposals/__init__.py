"""Proposals: what residents want done, what officers answer, and what became of it."""
