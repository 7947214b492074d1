"""Tariffs, bills and receipts."""
