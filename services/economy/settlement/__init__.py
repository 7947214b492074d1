"""Settled days and reconciliation."""
