"""Accounts and their journal."""
