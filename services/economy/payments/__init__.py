"""Payments: created, paid, given back."""
