"""Receipts: hash-chained histories, daily seals and the proofs between them."""
