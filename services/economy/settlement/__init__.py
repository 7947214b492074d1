"""Settled days."""
