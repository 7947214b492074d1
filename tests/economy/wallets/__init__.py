"""Wallets at work."""
