"""Receipts of levies that anybody can check."""
