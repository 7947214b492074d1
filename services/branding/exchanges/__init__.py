"""Exchanges: tickets that are passed on, changed for others, or given back."""
