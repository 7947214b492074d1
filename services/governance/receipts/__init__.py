"""Receipts: a case's history with the proofs that seals hold it, and their check by anybody."""
