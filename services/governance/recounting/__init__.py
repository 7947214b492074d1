"""Counting performance again from the events, when the operator asks for it."""
